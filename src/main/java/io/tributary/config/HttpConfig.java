package io.tributary.config;

import io.tributary.config.binding.Require;
import io.tributary.config.binding.Schema.Existing;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The HTTP server.
 *
 * @param host address to bind
 * @param port 0 for any free one
 * @param allowedHosts host names it may be called by, besides its own
 * @param tokenFile file with the token that callers must present, absolute; if empty, the
 *     environment may have it
 * @param allowUnencrypted whether it may be bound to other than loopback addresses without TLS
 */
public record HttpConfig(
    String host,
    int port,
    List<String> allowedHosts,
    @Existing(Existing.Kind.FILE) Optional<Path> tokenFile,
    boolean allowUnencrypted,
    Tls tls) {
  public HttpConfig {
    Require.text("host", host);
    Require.that(port >= 0 && port <= 65535, "port", port, "between 0 and 65535");
    allowedHosts = List.copyOf(allowedHosts);
    allowedHosts.forEach(
        name ->
            Require.that(
                name.matches("[A-Za-z0-9._-]+"),
                "allowed-hosts",
                '"' + name + '"',
                "names without scheme and port, as in \"trainer.example.org\""));
  }

  /**
   * Encryption: both files, or neither.
   *
   * @param certificateFile PEM, the server's certificate first, absolute
   * @param keyFile PEM, PKCS #8, absolute
   */
  public record Tls(
      @Existing(Existing.Kind.FILE) Optional<Path> certificateFile,
      @Existing(Existing.Kind.FILE) Optional<Path> keyFile) {
    public Tls {
      Require.that(
          certificateFile.isPresent() == keyFile.isPresent(),
          certificateFile.isPresent() ? "key-file" : "certificate-file",
          "none",
          "given too: TLS needs both a certificate and its key");
    }
  }
}

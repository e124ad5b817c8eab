package io.tributary.serve;

import io.tributary.config.HttpConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.tls.SecretFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;

/**
 * How the server is protected. On loopback nothing is needed; elsewhere a token is, and TLS, so
 * that the token can't be read in transit.
 *
 * @param address to bind
 * @param token that clients must present; absent: anyone on this machine may connect
 * @param tls absent: connections are not encrypted
 */
record Protection(InetAddress address, Optional<AccessToken> token, Optional<Certificate> tls) {

  /** Environment variable of the token if no file is configured. */
  static final String VARIABLE = "TRIBUTARY_HTTP_TOKEN";

  private static final String TOKEN_FILE = "http.token-file";

  /**
   * Reads the configured protection.
   *
   * @throws ConfigException if it can't be used, or does not suffice
   */
  static Protection of(HttpConfig http, Map<String, String> environment) {
    InetAddress address = address(http.host());
    Optional<AccessToken> token =
        http.tokenFile()
            .map(
                file -> AccessToken.of(SecretFile.read(TOKEN_FILE, file), TOKEN_FILE + ": " + file))
            .or(
                () ->
                    Optional.ofNullable(environment.get(VARIABLE))
                        .filter(text -> !text.isBlank())
                        .map(text -> AccessToken.of(text, VARIABLE)));
    Optional<Certificate> tls =
        http.tls()
            .certificateFile()
            .map(file -> Certificate.read(file, http.tls().keyFile().orElseThrow()));
    requireEnough(http, address, token.isPresent(), tls.isPresent());
    return new Protection(address, token, tls);
  }

  /** The access rules of a bound server. */
  Access access(HttpConfig http, InetSocketAddress bound) {
    return new Access(http.host(), bound, http.allowedHosts(), tls.isPresent(), token);
  }

  private static void requireEnough(
      HttpConfig http, InetAddress address, boolean token, boolean encrypted) {
    if (!address.isLoopbackAddress() && !token) {
      throw new ConfigException(
          "http.host: %s can be reached from other machines, so callers need a token; expected one in the file named by http.token-file or in the environment variable %s, or a loopback address such as 127.0.0.1"
              .formatted(http.host(), VARIABLE));
    }
    if (!http.allowedHosts().isEmpty() && !token) {
      throw new ConfigException(
          "http.allowed-hosts: %s lets other machines call, so callers need a token; expected one in the file named by http.token-file or in the environment variable %s"
              .formatted(http.allowedHosts(), VARIABLE));
    }
    if (!address.isLoopbackAddress() && !encrypted && !http.allowUnencrypted()) {
      throw new ConfigException(
          "http.host: %s can be reached from other machines, and the token would be sent in the clear; expected http.tls.certificate-file and http.tls.key-file, or http.allow-unencrypted = true if something in front encrypts"
              .formatted(http.host()));
    }
  }

  private static InetAddress address(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new ConfigException("http.host: " + host + " is not a known host name or address", e);
    }
  }
}

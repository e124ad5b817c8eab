package io.tributary.serve.access;

import io.tributary.config.HttpConfig;
import io.tributary.config.binding.ConfigException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;

/**
 * How the server is protected. On loopback nothing is needed; elsewhere a token is, and TLS, so
 * that the token can't be read on its way.
 *
 * @param address to bind
 * @param token that clients must present; absent: anyone on this machine may connect
 * @param tls absent: connections are not encrypted
 */
public record Protection(
    InetAddress address, Optional<AccessToken> token, Optional<Certificate> tls) {

  /** Environment variable of the token if no file is configured. */
  static final String VARIABLE = "TRIBUTARY_HTTP_TOKEN";

  private static final String TOKEN_FILE = "http.token-file";

  /**
   * Reads the configured protection.
   *
   * @throws ConfigException if it can't be used, or does not suffice
   */
  public static Protection of(HttpConfig http, Map<String, String> environment) {
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
  public Access access(HttpConfig http, InetSocketAddress bound) {
    return new Access(
        new AllowedHosts(http.host(), bound, http.allowedHosts(), tls.isPresent()), token);
  }

  private static void requireEnough(
      HttpConfig http, InetAddress address, boolean token, boolean encrypted) {
    if (!address.isLoopbackAddress() && !token) {
      throw new ConfigException(
          "http.host: %s can be reached from other machines, so callers have to know a token; expected one in the file of http.token-file or in the environment variable %s, or a loopback address such as 127.0.0.1"
              .formatted(http.host(), VARIABLE));
    }
    if (!http.allowedHosts().isEmpty() && !token) {
      throw new ConfigException(
          "http.allowed-hosts: %s are names that others than this machine call, so callers have to know a token; expected one in the file of http.token-file or in the environment variable %s"
              .formatted(http.allowedHosts(), VARIABLE));
    }
    if (!address.isLoopbackAddress() && !encrypted && !http.allowUnencrypted()) {
      throw new ConfigException(
          "http.host: %s can be reached from other machines, and the token could be read on its way; expected http.tls.certificate-file and http.tls.key-file, or http.allow-unencrypted = true where something in front encrypts"
              .formatted(http.host()));
    }
  }

  private static InetAddress address(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new ConfigException("http.host: " + host + " is no name or address known here", e);
    }
  }
}

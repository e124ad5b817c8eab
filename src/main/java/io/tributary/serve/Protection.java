package io.tributary.serve;

import io.tributary.config.HttpConfig;
import io.tributary.config.binding.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
  private static final int MAX_SECRET_BYTES = 64 * 1024;

  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  /**
   * Reads the configured protection.
   *
   * @throws ConfigException if it can't be used, or does not suffice
   */
  static Protection of(HttpConfig http, Map<String, String> environment) {
    InetAddress address = address(http.host());
    Optional<AccessToken> token =
        http.tokenFile()
            .map(file -> AccessToken.of(secret(TOKEN_FILE, file), TOKEN_FILE + ": " + file))
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

  /**
   * Reads a file that only its owner may read.
   *
   * @param key of the configuration that names the file, for messages
   * @throws ConfigException if it can't be read, or others may read it
   */
  static String secret(String key, Path file) {
    try {
      if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (!OWNER.containsAll(permissions)) {
          throw new ConfigException(
              "%s: %s is accessible to others than its owner (%s); expected rw-------: chmod 600 %s"
                  .formatted(key, file, PosixFilePermissions.toString(permissions), file));
        }
      }
      if (Files.size(file) > MAX_SECRET_BYTES) {
        throw new ConfigException(
            "%s: %s has %,d bytes; expected at most %,d"
                .formatted(key, file, Files.size(file), MAX_SECRET_BYTES));
      }
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ConfigException("%s: %s can't be read: %s".formatted(key, file, e), e);
    }
  }
}

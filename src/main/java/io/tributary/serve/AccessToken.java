package io.tributary.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.config.binding.ConfigException;
import io.tributary.data.Fingerprint;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/**
 * The secret that clients must present. Only its hash is kept, so that the token can't get into a
 * log or a heap dump.
 */
final class AccessToken {

  static final int MIN_LENGTH = 16;
  static final int MAX_LENGTH = 1024;

  /** RFC 6750, section 2.1. */
  private static final Pattern CHARACTERS = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private final byte[] hash;

  private AccessToken(byte[] hash) {
    this.hash = hash;
  }

  /**
   * Checks a configured token.
   *
   * @param text with or without white space around it
   * @param source where it comes from, for messages
   * @throws ConfigException if it is no token; the message does not contain it
   */
  static AccessToken of(String text, String source) {
    String token = text.strip();
    if (token.length() < MIN_LENGTH || token.length() > MAX_LENGTH) {
      throw new ConfigException(
          "%s: a token of %,d characters; expected %d to %,d, such as openssl rand -hex 32 gives"
              .formatted(source, token.length(), MIN_LENGTH, MAX_LENGTH));
    }
    if (!CHARACTERS.matcher(token).matches()) {
      throw new ConfigException(
          source
              + ": a token with characters that are not allowed; expected letters, digits and"
              + " -._~+/, with = at its end");
    }
    return new AccessToken(hash(token));
  }

  /** Whether this is the token, compared in constant time. */
  boolean is(String token) {
    return MessageDigest.isEqual(hash, hash(token));
  }

  private static byte[] hash(String token) {
    return Fingerprint.sha256().digest(token.getBytes(UTF_8));
  }
}

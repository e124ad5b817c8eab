package io.tributary.cluster.transfer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tributary.data.Fingerprint;
import java.security.MessageDigest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The secret of a run without which no file is served. Its text is never in a message. */
public final class BearerToken {
  /** RFC 6750, section 2.1. */
  private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9._~+/-]{16,1024}=*");

  private static final String SCHEME = "Bearer ";

  private final String header;

  private BearerToken(String header) {
    this.header = header;
  }

  /**
   * Checks a token.
   *
   * @throws IllegalArgumentException if it is too short or has characters that it can't have
   */
  public static BearerToken of(String token) {
    if (!SYNTAX.matcher(token).matches()) {
      throw new IllegalArgumentException(
          "a token of %,d characters, expected 16 to 1,024 letters, digits and -._~+/"
              .formatted(token.length()));
    }
    return new BearerToken(SCHEME + token);
  }

  /** What a client sends as {@code Authorization}. */
  String header() {
    return header;
  }

  /** Whether a client has sent this token; takes the same time for every wrong one. */
  boolean isIn(@Nullable String authorization) {
    return authorization != null && MessageDigest.isEqual(hash(header), hash(authorization));
  }

  private static byte[] hash(String text) {
    return Fingerprint.sha256().digest(text.getBytes(US_ASCII));
  }

  @Override
  public String toString() {
    return "BearerToken";
  }
}

package io.tributary.cluster.transfer;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a file that a client asks for.
 *
 * @param first byte of the file
 * @param length in bytes
 * @param partial whether the client has asked for a range
 */
record ByteRange(long first, long length, boolean partial) {
  /** At most 18 digits, so that no number overflows. */
  private static final Pattern SYNTAX = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /**
   * Reads the field {@code Range} (RFC 9110, section 14): one range, with or without an end, or the
   * last bytes of the file.
   *
   * @param header null: the whole file is wanted
   * @param size of the file in bytes
   * @return empty if the file has no such range
   */
  static Optional<ByteRange> of(@Nullable String header, long size) {
    if (header == null) {
      return Optional.of(new ByteRange(0, size, false));
    }
    Matcher range = SYNTAX.matcher(header);
    if (!range.matches() || header.endsWith("=-")) {
      return Optional.empty();
    }
    long first;
    long last = size - 1;
    if (range.group(1).isEmpty()) {
      first = Math.max(0, size - Long.parseLong(range.group(2)));
    } else {
      first = Long.parseLong(range.group(1));
      if (!range.group(2).isEmpty()) {
        last = Math.min(last, Long.parseLong(range.group(2)));
      }
    }
    return first > last
        ? Optional.empty()
        : Optional.of(new ByteRange(first, last - first + 1, true));
  }
}

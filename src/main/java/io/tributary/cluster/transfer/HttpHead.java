package io.tributary.cluster.transfer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP/1.1 request or response.
 *
 * @param start the words of its first line: at most three, of which the last may hold spaces
 * @param fields its header fields by their name in lower case
 */
record HttpHead(List<String> start, Map<String, String> fields) {
  /** No head of ours has a tenth of it. */
  static final int MAX_BYTES = 8192;

  /**
   * Reads a head and nothing behind it.
   *
   * @param in buffered
   * @return null if the other side has ended the connection before its first byte
   * @throws ProtocolException if it is no head, or larger than {@link #MAX_BYTES}
   */
  static @Nullable HttpHead read(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int read = 0; ; read++) {
      int next = in.read();
      if (next < 0 && read == 0) {
        return null;
      }
      if (next < 0) {
        throw new EOFException("the connection ended within the head of a message");
      }
      if (read == MAX_BYTES) {
        throw new ProtocolException("a head of more than %,d bytes".formatted(MAX_BYTES));
      }
      if (next != '\n') {
        line.append((char) next);
      } else if (line.toString().isBlank()) {
        return parse(lines);
      } else {
        lines.add(line.toString());
        line.setLength(0);
      }
    }
  }

  /** A field's value, or null. */
  @Nullable String field(String name) {
    return fields.get(name);
  }

  /**
   * A field's value as a whole number.
   *
   * @throws ProtocolException if it is not there or no such number
   */
  long number(String name) throws ProtocolException {
    String value = fields.getOrDefault(name, "");
    if (value.isEmpty()
        || value.length() > 18
        || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new ProtocolException("no valid " + name);
    }
    return Long.parseLong(value);
  }

  private static HttpHead parse(List<String> lines) throws ProtocolException {
    if (lines.isEmpty()) {
      throw new ProtocolException("a head without a first line");
    }
    Map<String, String> fields = new HashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new ProtocolException("a header field without a name");
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      if (fields.put(name, line.substring(colon + 1).strip()) != null) {
        throw new ProtocolException("a header field that occurs twice");
      }
    }
    return new HttpHead(List.of(lines.get(0).strip().split(" ", 3)), fields);
  }
}

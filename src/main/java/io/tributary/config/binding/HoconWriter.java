package io.tributary.config.binding;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes sections as HOCON that loads again to equal records. */
public final class HoconWriter {
  private static final int ORIGIN_COLUMN = 56;

  private final StringBuilder out = new StringBuilder();
  private final boolean origins;

  private HoconWriter(boolean origins) {
    this.origins = origins;
  }

  /** A section without origins. */
  public static String plain(String path, Object section) {
    return new HoconWriter(false).section(path, section, null);
  }

  /** A section of these keys and values, as of {@link ConfigTree}, without origins. */
  public static String plain(String path, Map<String, ?> section) {
    HoconWriter writer = new HoconWriter(false);
    writer.braces(path + " ", section, null, 0);
    return writer.out.toString();
  }

  /** A section with the origin of each value in a comment after it. */
  public static String withOrigins(String path, Object section, ConfigObject source) {
    return new HoconWriter(true).section(path, section, source);
  }

  private String section(String path, Object section, @Nullable ConfigObject source) {
    braces(path + " ", ConfigTree.of(section), source, 0);
    return out.toString();
  }

  private void braces(String start, Map<?, ?> keys, @Nullable ConfigValue source, int depth) {
    indent(depth).append(start).append("{\n");
    keys.forEach(
        (key, value) ->
            entry(
                (String) key,
                value,
                source instanceof ConfigObject object ? object.get(key) : null,
                depth + 1));
    indent(depth).append("}\n");
  }

  private void entry(String key, Object value, @Nullable ConfigValue source, int depth) {
    if (value instanceof Map<?, ?> section) {
      braces(key + " ", section, source, depth);
    } else if (value instanceof List<?> list
        && !list.isEmpty()
        && list.get(0) instanceof Map<?, ?>) {
      indent(depth).append(key).append(" = [\n");
      for (int i = 0; i < list.size(); i++) {
        braces(
            "",
            (Map<?, ?>) list.get(i),
            source instanceof ConfigList from ? from.get(i) : null,
            depth + 1);
      }
      indent(depth).append("]\n");
    } else {
      leaf(key + " = " + scalar(value), source, depth);
    }
  }

  private void leaf(String text, @Nullable ConfigValue source, int depth) {
    indent(depth).append(text);
    if (origins) {
      int padding = ORIGIN_COLUMN - 2 * depth - text.length();
      out.append(" ".repeat(Math.max(1, padding))).append("# ").append(Place.of(source));
    }
    out.append('\n');
  }

  private StringBuilder indent(int depth) {
    return out.append("  ".repeat(depth));
  }

  private static String scalar(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(HoconWriter::scalar).toList().toString();
    }
    return value instanceof String text ? ConfigUtil.quoteString(text) : value.toString();
  }

  static String duration(Duration duration) {
    if (duration.equals(Duration.ofSeconds(duration.toSeconds()))) {
      return duration.toSeconds() + "s";
    }
    return duration.equals(Duration.ofMillis(duration.toMillis()))
        ? duration.toMillis() + "ms"
        : duration.toNanos() + "ns";
  }
}

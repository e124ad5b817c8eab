package io.tributary.config.binding;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import io.tributary.config.TributaryConfig;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Writes records as HOCON, the reverse of {@link Binder}. */
public final class HoconWriter {
  private static final int ORIGIN_COLUMN = 56;

  private final StringBuilder out = new StringBuilder();
  private final boolean origins;

  private HoconWriter(boolean origins) {
    this.origins = origins;
  }

  /** HOCON that loads again to an equal record. */
  public static String plain(TributaryConfig config) {
    return new HoconWriter(false).section("tributary", config, null);
  }

  /** The same with the origin of each value behind it. */
  public static String withOrigins(String path, Object section, ConfigObject source) {
    return new HoconWriter(true).section(path, section, source);
  }

  private String section(String path, Object section, @Nullable ConfigObject source) {
    out.append(path).append(" {\n");
    components(section, source, 1);
    return out.append("}\n").toString();
  }

  private void components(Object section, @Nullable ConfigObject source, int depth) {
    for (RecordComponent component : section.getClass().getRecordComponents()) {
      Object value = unwrap(get(component, section));
      if (value != null && Schema.isEmbedded(component)) {
        embedded(value, source, depth);
      } else if (value != null) {
        String key = Schema.key(component);
        entry(key, value, source == null ? null : source.get(key), depth);
      }
    }
  }

  private void entry(String key, Object value, @Nullable ConfigValue source, int depth) {
    indent(depth);
    if (value.getClass().isRecord()) {
      out.append(key).append(" {\n");
      components(value, source instanceof ConfigObject object ? object : null, depth + 1);
      indent(depth);
      out.append("}\n");
    } else if (value instanceof List<?> list
        && !list.isEmpty()
        && list.get(0).getClass().isRecord()) {
      out.append(key).append(" = [\n");
      for (int i = 0; i < list.size(); i++) {
        element(list.get(i), source instanceof ConfigList from ? from.get(i) : null, depth + 1);
      }
      indent(depth);
      out.append("]\n");
    } else {
      leaf(key + " = " + scalar(value), source, depth);
    }
  }

  private void embedded(Object value, @Nullable ConfigObject source, int depth) {
    indent(depth);
    leaf(
        Schema.TYPE + " = " + ConfigUtil.quoteString(Schema.typeName(value.getClass())),
        source == null ? null : source.get(Schema.TYPE),
        depth);
    components(value, source, depth);
  }

  private void element(Object value, @Nullable ConfigValue source, int depth) {
    indent(depth);
    out.append("{\n");
    components(value, source instanceof ConfigObject object ? object : null, depth + 1);
    indent(depth);
    out.append("}\n");
  }

  private void leaf(String text, @Nullable ConfigValue source, int depth) {
    out.append(text);
    if (origins) {
      int padding = ORIGIN_COLUMN - 2 * depth - text.length();
      out.append(" ".repeat(Math.max(1, padding)))
          .append("# ")
          .append(source == null ? Place.DEFAULT : Place.of(source.origin()));
    }
    out.append('\n');
  }

  private void indent(int depth) {
    out.append("  ".repeat(depth));
  }

  private static String scalar(Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    } else if (value instanceof Duration duration) {
      return duration(duration);
    } else if (value instanceof List<?> list) {
      return list.stream().map(HoconWriter::scalar).toList().toString();
    }
    return ConfigUtil.quoteString(value.toString());
  }

  static String duration(Duration duration) {
    if (duration.equals(Duration.ofSeconds(duration.toSeconds()))) {
      return duration.toSeconds() + "s";
    }
    return duration.equals(Duration.ofMillis(duration.toMillis()))
        ? duration.toMillis() + "ms"
        : duration.toNanos() + "ns";
  }

  /** The value itself, or null where an optional one is absent. */
  static @Nullable Object unwrap(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.orElse(null);
    } else if (value instanceof OptionalLong optional) {
      return optional.isPresent() ? optional.getAsLong() : null;
    } else if (value instanceof OptionalInt optional) {
      return optional.isPresent() ? optional.getAsInt() : null;
    }
    return value;
  }

  static Object get(RecordComponent component, Object section) {
    try {
      return component.getAccessor().invoke(section);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("can't read " + component, e);
    }
  }
}

package io.tributary.config.binding;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns a record back into keys and values: the reverse of {@link Binder}. */
public final class ConfigTree {
  private ConfigTree() {}

  /**
   * The keys of a section that have a value, in the order of the record's components.
   *
   * @return a map for each section, a list for each list, else a number, a boolean or a text
   */
  public static Map<String, Object> of(Object section) {
    return of(section, Path::toString);
  }

  /** As {@link #of(Object)}, with a text of one's own for each path. */
  public static Map<String, Object> of(Object section, Function<Path, String> paths) {
    Map<String, Object> keys = new LinkedHashMap<>();
    for (RecordComponent component : section.getClass().getRecordComponents()) {
      Object value = value(component, section);
      if (value != null && Schema.isEmbedded(component)) {
        keys.put(Schema.TYPE, Schema.typeName(value.getClass()));
        keys.putAll(of(value, paths));
      } else if (value != null) {
        keys.put(Schema.key(component), node(value, paths));
      }
    }
    return keys;
  }

  private static Object node(Object value, Function<Path, String> paths) {
    if (value.getClass().isRecord()) {
      return of(value, paths);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(each -> node(each, paths)).toList();
    } else if (value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Path path) {
      return paths.apply(path);
    }
    return value instanceof Duration duration ? HoconWriter.duration(duration) : value.toString();
  }

  private static @Nullable Object value(RecordComponent component, Object section) {
    Object value;
    try {
      value = component.getAccessor().invoke(section);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("can't read " + component, e);
    }
    return value instanceof Optional<?> optional ? optional.orElse(null) : value;
  }
}

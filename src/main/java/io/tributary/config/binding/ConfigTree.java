package io.tributary.config.binding;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Turns a record back into keys and values: the reverse of {@link Binder}. */
final class ConfigTree {
  private ConfigTree() {}

  /**
   * The keys of a section that have a value, in the order of the record's components.
   *
   * @return a map for each section, a list for each list, any other value as the record has it
   */
  static Map<String, Object> of(Object section) {
    Map<String, Object> keys = new LinkedHashMap<>();
    for (RecordComponent component : section.getClass().getRecordComponents()) {
      Object value = value(component, section);
      if (value != null && Schema.isEmbedded(component)) {
        keys.put(Schema.TYPE, Schema.typeName(value.getClass()));
        keys.putAll(of(value));
      } else if (value != null) {
        keys.put(Schema.key(component), node(value));
      }
    }
    return keys;
  }

  private static Object node(Object value) {
    if (value.getClass().isRecord()) {
      return of(value);
    }
    return value instanceof List<?> list ? list.stream().map(ConfigTree::node).toList() : value;
  }

  private static @Nullable Object value(RecordComponent component, Object section) {
    Object value;
    try {
      value = component.getAccessor().invoke(section);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("can't read " + component, e);
    }
    if (value instanceof Optional<?> optional) {
      return optional.orElse(null);
    } else if (value instanceof OptionalLong optional) {
      return optional.isPresent() ? optional.getAsLong() : null;
    } else if (value instanceof OptionalInt optional) {
      return optional.isPresent() ? optional.getAsInt() : null;
    }
    return value;
  }
}

package io.tributary.config.binding;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import io.tributary.config.LiveKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lists sections as keys and values: {@code learner.batch-size} and {@code 256}. */
public final class SettingsTable {
  private final SortedMap<String, Setting> settings = new TreeMap<>();

  private SettingsTable() {}

  /** All keys that have a value; a list is the value of one key. */
  public static SortedMap<String, Setting> of(Object config, ConfigObject source) {
    SettingsTable table = new SettingsTable();
    table.add("", ConfigTree.of(config), source);
    return table.settings;
  }

  private void add(String path, Object value, @Nullable ConfigValue source) {
    if (value instanceof Map<?, ?> section) {
      section.forEach(
          (key, inner) ->
              add(
                  path.isEmpty() ? (String) key : path + "." + key,
                  inner,
                  source instanceof ConfigObject object ? object.get(key) : null));
    } else {
      String origin = source == null ? Place.DEFAULT : Place.of(source.origin());
      settings.put(path, new Setting(json(value), origin, LiveKey.of(path).isPresent()));
    }
  }

  private static String json(Object value) {
    if (value instanceof Map<?, ?> section) {
      return section.entrySet().stream()
          .map(e -> ConfigUtil.quoteString((String) e.getKey()) + ":" + json(e.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    } else if (value instanceof List<?> list) {
      return list.stream().map(SettingsTable::json).collect(Collectors.joining(",", "[", "]"));
    } else if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    return ConfigUtil.quoteString(
        value instanceof Duration duration ? HoconWriter.duration(duration) : value.toString());
  }
}

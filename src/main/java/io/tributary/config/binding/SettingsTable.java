package io.tributary.config.binding;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import io.tributary.config.LiveKey;
import io.tributary.config.TributaryConfig;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Lists records as keys and values: {@code learner.batch-size} and {@code 256}. */
public final class SettingsTable {
  private final SortedMap<String, Setting> settings = new TreeMap<>();

  private SettingsTable() {}

  /** All keys that have a value; a list is the value of one key. */
  public static SortedMap<String, Setting> of(TributaryConfig config, ConfigObject source) {
    SettingsTable table = new SettingsTable();
    table.section("", config, source);
    return table.settings;
  }

  private void section(String prefix, Object section, @Nullable ConfigObject source) {
    for (RecordComponent component : section.getClass().getRecordComponents()) {
      Object value = HoconWriter.unwrap(HoconWriter.get(component, section));
      String key = Schema.key(component);
      ConfigValue given = source == null ? null : source.get(key);
      if (value != null && value.getClass().isRecord()) {
        section(prefix + key + ".", value, given instanceof ConfigObject object ? object : null);
      } else if (value != null) {
        String path = prefix + key;
        settings.put(
            path,
            new Setting(
                json(value),
                given == null ? Place.DEFAULT : Place.of(given.origin()),
                LiveKey.of(path).isPresent()));
      }
    }
  }

  private static String json(Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    } else if (value instanceof Duration duration) {
      return ConfigUtil.quoteString(HoconWriter.duration(duration));
    } else if (value instanceof List<?> list) {
      return "[" + String.join(",", list.stream().map(SettingsTable::json).toList()) + "]";
    } else if (value.getClass().isRecord()) {
      List<String> members = new ArrayList<>();
      members(value, members);
      return "{" + String.join(",", members) + "}";
    }
    return ConfigUtil.quoteString(value.toString());
  }

  private static void members(Object section, List<String> members) {
    for (RecordComponent component : section.getClass().getRecordComponents()) {
      Object value = HoconWriter.unwrap(HoconWriter.get(component, section));
      if (value != null && Schema.isEmbedded(component)) {
        members.add(member(Schema.TYPE, Schema.typeName(value.getClass())));
        members(value, members);
      } else if (value != null) {
        members.add(member(Schema.key(component), value));
      }
    }
  }

  private static String member(String key, Object value) {
    return ConfigUtil.quoteString(key) + ":" + json(value);
  }
}

package io.tributary.config.binding;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.tributary.config.LiveKey;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Lists sections as keys and values: {@code learner.batch-size} and {@code 256}. */
public final class SettingsTable {
  private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

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
      String origin = Place.of(source);
      settings.put(path, new Setting(JSON.toJson(value), origin, LiveKey.of(path).isPresent()));
    }
  }
}

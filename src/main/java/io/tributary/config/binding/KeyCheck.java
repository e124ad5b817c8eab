package io.tributary.config.binding;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rejects keys that no record has, and suggests the nearest known one. */
public final class KeyCheck {
  private static final String TRUNCATION =
      " is not possible in training: truncated sampling gives q(x) = 0 to sequences that the target"
          + " allows, so that the importance weights P(x)/q(x) no longer average to Z; use"
          + " samplers.temperature, or --top-k and --top-p of the verb sample";
  private static final Map<String, String> REFUSED =
      Map.of(
          "tributary.samplers.top-k", TRUNCATION,
          "tributary.samplers.top-p", TRUNCATION);

  private KeyCheck() {}

  /** Checks all keys that the user gave, in the file or on the command line. */
  public static void check(ConfigObject given) {
    for (Map.Entry<String, ConfigValue> entry : given.entrySet()) {
      String key = entry.getKey();
      if (!key.equals(Schema.ROOT)) {
        String place = Place.of(entry.getValue());
        throw new ConfigException(
            Schema.sections().containsKey(key)
                ? "%s: %s is outside of tributary { }; write tributary.%s"
                    .formatted(place, key, key)
                : "%s: unknown key %s; everything is written under tributary { }"
                    .formatted(place, key));
      }
      checkObject(entry.getValue(), Schema.sections(), Schema.ROOT);
    }
  }

  private static void checkObject(ConfigValue value, Map<String, Type> known, String path) {
    if (!(value instanceof ConfigObject object)) {
      return; // a wrong type, which is reported where the value is read
    }
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      String key = path + "." + entry.getKey();
      Type type = known.get(entry.getKey());
      if (type == null) {
        throw unknown(key, entry.getKey(), entry.getValue(), known);
      }
      checkValue(entry.getValue(), type, key);
    }
  }

  private static void checkValue(ConfigValue value, Type type, String path) {
    if (Schema.isList(type) && value instanceof ConfigList list) {
      for (int i = 0; i < list.size(); i++) {
        checkValue(list.get(i), Schema.content(type), path + "[" + i + "]");
      }
    } else if (Schema.isSettings(type)) {
      checkObject(value, Schema.runSections(), path);
    } else if (Schema.content(type) instanceof Class<?> inner
        && inner.isRecord()
        && value instanceof ConfigObject object) {
      Map<String, Type> keys = Schema.keys(inner);
      if (keys.get(Schema.TYPE) instanceof Class<?> embedded && embedded.isSealed()) {
        checkImplementation(object, keys, embedded, path);
      } else {
        checkObject(object, keys, path);
      }
    }
  }

  /** Checks the keys of a record and of the implementation embedded in it, if its type is known. */
  private static void checkImplementation(
      ConfigObject object, Map<String, Type> keys, Class<?> sealed, String path) {
    ConfigValue type = object.get(Schema.TYPE);
    @Nullable Class<?> implementation =
        type == null ? null : Schema.implementations(sealed).get(String.valueOf(type.unwrapped()));
    if (implementation != null) {
      Map<String, Type> known = new LinkedHashMap<>(keys);
      known.putAll(Schema.keys(implementation));
      checkObject(object, known, path);
    }
  }

  private static ConfigException unknown(
      String path, String key, ConfigValue value, Map<String, Type> known) {
    String place = Place.of(value);
    String refusal = REFUSED.get(path);
    if (refusal != null) {
      return new ConfigException("%s: %s%s".formatted(place, path, refusal));
    }
    return new ConfigException(
        "%s: unknown key %s; %s".formatted(place, path, hint(key, known.keySet())));
  }

  /** {@code did you mean count?}, or all known names if none is near. */
  private static String hint(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
        .filter(candidate -> distance(name, candidate) <= Math.max(2, name.length() / 3))
        .map(candidate -> "did you mean " + candidate + "?")
        .orElse("known keys: " + String.join(", ", known));
  }

  /** Edits (insertions, deletions, substitutions) between two words: Levenshtein 1966. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}

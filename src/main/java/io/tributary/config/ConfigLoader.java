package io.tributary.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.binding.Includes;
import io.tributary.config.binding.KeyCheck;
import io.tributary.config.binding.Place;
import io.tributary.config.binding.Schema;
import io.tributary.config.objective.ObjectiveRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Reads a configuration. The command line overrides the file, and the file the defaults of {@code
 * reference.conf}.
 */
public final class ConfigLoader {
  private static final Config DEFAULTS =
      ConfigFactory.parseResources(ConfigLoader.class.getClassLoader(), "reference.conf")
          .withOnlyPath(Schema.ROOT);

  private ConfigLoader() {}

  /**
   * Reads the configuration of a training run.
   *
   * @param overrides values from the command line, by their key relative to {@code tributary}
   * @throws ConfigException if anything in it is missing or invalid
   */
  public static TributaryConfig load(Path file, Map<String, String> overrides) {
    return read(file, overrides).training();
  }

  /**
   * Reads a file for any use and checks that all its keys are known.
   *
   * @param overrides values from the command line, by their key relative to {@code tributary}
   * @throws ConfigException if it can't be read or has an unknown key
   */
  public static EffectiveConfig read(Path file, Map<String, String> overrides) {
    return effective(file, commandLine(overrides));
  }

  /** The file with defaults, overridden by {@code over}. */
  public static EffectiveConfig effective(Path file, Config over) {
    try {
      Config given = over.withFallback(parse(file));
      KeyCheck.check(given.root());
      return complete(file.toString(), given.withFallback(defaultName(file)));
    } catch (com.typesafe.config.ConfigException e) {
      throw new ConfigException(explain(e, file), e);
    }
  }

  /** With all defaults. */
  static EffectiveConfig complete(String source, Config named) {
    Config all = named.withFallback(DEFAULTS).resolve();
    Config ofObjective = ObjectiveRules.defaults(all.getObject(Schema.ROOT)).atPath(Schema.ROOT);
    return new EffectiveConfig(
        source,
        named.withFallback(ofObjective).withFallback(DEFAULTS).resolve().getObject(Schema.ROOT));
  }

  /**
   * Reads a file alone, with what it includes.
   *
   * @throws ConfigException if it or something that it includes does not exist
   */
  public static Config parse(Path file) {
    Path resolved = file.toAbsolutePath().normalize();
    if (!Files.isRegularFile(resolved)) {
      throw new ConfigException("no such configuration file: %s (%s)".formatted(file, resolved));
    }
    return ConfigFactory.parseFile(
        file.toFile(),
        ConfigParseOptions.defaults().setAllowMissing(false).setIncluder(new Includes(file)));
  }

  /**
   * The overrides of the command line. A value that begins like a list, a section or a quoted text
   * is read as HOCON; any other is taken literally.
   */
  public static Config commandLine(Map<String, String> overrides) {
    Config config = ConfigFactory.empty();
    for (Map.Entry<String, String> override : overrides.entrySet()) {
      String key = override.getKey();
      String text = override.getValue();
      if (key.endsWith(" ")) {
        text = text.strip(); // KEY = VALUE, with blanks around the sign
      }
      key = key.strip();
      if (key.isEmpty()) {
        throw new ConfigException(
            "command line: -D =%s has no key, expected KEY=VALUE".formatted(text));
      }
      try {
        ConfigValue value =
            text.matches("(?s)\\s*[\\[{\"].*")
                ? ConfigFactory.parseString("value = " + text).getValue("value")
                : ConfigValueFactory.fromAnyRef(text);
        List<String> path =
            ConfigUtil.splitPath(key.startsWith(Schema.ROOT + ".") ? key : Schema.ROOT + "." + key);
        config =
            nested(path, value, Place.COMMAND_LINE)
                .toConfig()
                .withFallback(config.withoutPath(ConfigUtil.joinPath(path)));
      } catch (com.typesafe.config.ConfigException e) {
        throw new ConfigException(
            "command line: -D %s=%s can't be read as a key and a value: %s"
                .formatted(key, text, detail(e)),
            e);
      }
    }
    return config;
  }

  /** Nested objects for a path, all with the same origin as the value. */
  static ConfigObject nested(List<String> path, ConfigValue value, String place) {
    ConfigValue inner = value.withOrigin(ConfigOriginFactory.newSimple(place));
    for (int i = path.size() - 1; i >= 0; i--) {
      inner = ConfigValueFactory.fromMap(Map.of(path.get(i), inner), place);
    }
    return (ConfigObject) inner;
  }

  /** {@code run.name}, unless it is given, is the file's name without its extension. */
  private static Config defaultName(Path file) {
    return ConfigFactory.empty()
        .withValue(
            Schema.ROOT + ".run.name",
            ConfigValueFactory.fromAnyRef(withoutExtension(file), Place.FILE_NAME));
  }

  /** The name of a file without its extension. */
  public static String withoutExtension(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  public static String explain(com.typesafe.config.ConfigException e, Path file) {
    String place = e.origin() == null ? file.toString() : Place.of(e.origin());
    return "%s: %s".formatted(place, detail(e));
  }

  /** The library's message without the place that it starts with. */
  private static String detail(com.typesafe.config.ConfigException e) {
    String message = String.valueOf(e.getMessage());
    String place = e.origin() == null ? "" : e.origin().description() + ": ";
    String detail = message.startsWith(place) ? message.substring(place.length()) : message;
    return detail.startsWith("expecting a close parentheses ')' here, not: end of file")
        ? "the file ends inside a section or list; expected its closing } or ]"
        : detail; // the library takes any unclosed bracket for a parenthesis
  }
}

package io.tributary.config.binding;

import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Single values: a number, a text, a duration, a path, a choice. */
public final class Scalars {
  private Scalars() {}

  static Object read(ConfigValue value, Type type, String path, @Nullable Existing existing) {
    if (value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST) {
      throw wrongType(value, path, expected(type));
    }
    String text = value.atKey("value").getString("value");
    try {
      if (type == int.class || type == Integer.class) {
        return integer(value, text, path);
      } else if (type == OptionalInt.class) {
        return OptionalInt.of(integer(value, text, path));
      } else if (type == long.class || type == Long.class) {
        return new BigDecimal(text).longValueExact();
      } else if (type == OptionalLong.class) {
        return OptionalLong.of(new BigDecimal(text).longValueExact());
      } else if (type == double.class || type == Double.class) {
        return new BigDecimal(text).doubleValue();
      } else if (type == boolean.class) {
        return value.atKey("value").getBoolean("value");
      } else if (type == Duration.class) {
        return duration(value, text);
      } else if (type == Path.class) {
        return path(value, text, path, existing);
      } else if (type instanceof Class<?> choice && choice.isEnum()) {
        return choice(choice, text);
      }
      return text;
    } catch (ArithmeticException
        | IllegalArgumentException
        | com.typesafe.config.ConfigException e) {
      throw wrongType(value, path, expected(type), e);
    }
  }

  /** Description of the values of a type, for messages. */
  static String expected(Type type) {
    if (type == int.class
        || type == Integer.class
        || type == long.class
        || type == Long.class
        || type == OptionalInt.class
        || type == OptionalLong.class) {
      return "a whole number";
    } else if (type == double.class || type == Double.class) {
      return "a number";
    } else if (type == boolean.class) {
      return "true or false";
    } else if (type == Duration.class) {
      return "a duration with its unit, such as 60s or 500ms";
    } else if (type == Path.class) {
      return "a path";
    } else if (type instanceof Class<?> choice && choice.isEnum()) {
      return "one of " + String.join(", ", Schema.constants(choice));
    } else if (Schema.isList(type)) {
      return "a list: [ … ]";
    } else if (Schema.isSettings(type)
        || (type instanceof Class<?> section && section.isRecord())) {
      return "a section: { … }";
    }
    return "a text";
  }

  public static ConfigException wrongType(ConfigValue value, String path, String expected) {
    return wrongType(value, path, expected, null);
  }

  private static ConfigException wrongType(
      ConfigValue value, String path, String expected, @Nullable Throwable cause) {
    return new ConfigException(
        "%s: %s must be %s, got %s"
            .formatted(Place.of(value.origin()), path, expected, rendered(value)),
        cause);
  }

  private static String rendered(ConfigValue value) {
    return switch (value.valueType()) {
      case OBJECT -> "a section { … }";
      case LIST -> "a list [ … ]";
      case STRING -> ConfigUtil.quoteString((String) value.unwrapped());
      default -> String.valueOf(value.unwrapped());
    };
  }

  private static int integer(ConfigValue value, String text, String path) {
    BigDecimal number = new BigDecimal(text);
    if (number.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0) {
      throw wrongType(value, path, "a whole number, at most " + Integer.MAX_VALUE);
    }
    return number.intValueExact();
  }

  private static Duration duration(ConfigValue value, String text) {
    if (text.isBlank() || Character.isDigit(text.strip().charAt(text.strip().length() - 1))) {
      throw new IllegalArgumentException("no unit");
    }
    return value.atKey("value").getDuration("value");
  }

  private static Object choice(Class<?> type, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.toString().equals(text))
        .findAny()
        .orElseThrow(() -> new IllegalArgumentException("no such choice"));
  }

  /** Relative paths are relative to the working directory, like arguments on a command line. */
  private static Path path(
      ConfigValue value, String text, String path, @Nullable Existing existing) {
    if (text.isBlank()) {
      throw new InvalidPathException(text, "blank");
    }
    Path resolved = Path.of(text).toAbsolutePath().normalize();
    if (existing == null) {
      return resolved;
    }
    switch (existing.value()) {
      case FILE -> {
        if (!Files.isRegularFile(resolved) || !Files.isReadable(resolved)) {
          throw notThere(value, path, "a readable file", "no such file", resolved);
        }
      }
      case DIRECTORY -> {
        if (!Files.isDirectory(resolved)) {
          throw notThere(value, path, "a directory", "no such directory", resolved);
        }
      }
      case MODEL_DIRECTORY -> {
        if (!Files.isDirectory(resolved)) {
          throw notThere(value, path, "a model directory", "no such directory", resolved);
        }
        for (String part : new String[] {"config.json", "model.safetensors", "tokenizer.json"}) {
          if (!Files.isReadable(resolved.resolve(part))) {
            throw notThere(
                value,
                path,
                "a model directory with config.json, model.safetensors and tokenizer.json",
                "no such file",
                resolved.resolve(part));
          }
        }
      }
    }
    return resolved;
  }

  private static ConfigException notThere(
      ConfigValue value, String path, String expected, String problem, Path resolved) {
    return new ConfigException(
        "%s: %s must be %s, got %s (%s: %s)"
            .formatted(
                Place.of(value.origin()), path, expected, rendered(value), problem, resolved));
  }
}

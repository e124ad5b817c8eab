package io.tributary.config.binding;

import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.tributary.config.binding.Schema.Existing;
import java.lang.invoke.MethodType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Single values: a number, a text, a duration, a path, a choice. */
final class Scalars {
  private static final Map<Type, Kind> KINDS =
      Map.of(
          Integer.class, new Kind("a whole number", Scalars::integer),
          Long.class,
              new Kind("a whole number", (v, text, p) -> new BigDecimal(text).longValueExact()),
          Double.class, new Kind("a number", (v, text, p) -> new BigDecimal(text).doubleValue()),
          Boolean.class,
              new Kind("true or false", (value, t, p) -> value.atKey("value").getBoolean("value")),
          Duration.class,
              new Kind("a duration with its unit, such as 60s or 500ms", Scalars::duration),
          Path.class, new Kind("a path", Scalars::path),
          String.class, new Kind("a text", (v, text, p) -> text));

  private Scalars() {}

  /**
   * A type of values.
   *
   * @param expected describes its values, for messages
   */
  private record Kind(String expected, Reader reader) {
    static Kind of(Class<?> type) {
      return type.isEnum()
          ? new Kind(
              "one of " + String.join(", ", Schema.constants(type)),
              (v, text, p) -> choice(type, text))
          : Objects.requireNonNull(KINDS.get(MethodType.methodType(type).wrap().returnType()));
    }
  }

  /** Reads a value from its text. */
  private interface Reader {
    Object read(ConfigValue value, String text, String path);
  }

  static Object read(ConfigValue value, Class<?> type, String path, @Nullable Existing existing) {
    Kind kind = Kind.of(type);
    if (value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST) {
      throw wrongType(value, path, kind.expected());
    }
    try {
      Object read = kind.reader().read(value, value.atKey("value").getString("value"), path);
      if (existing != null) {
        requireThere((Path) read, existing.value(), value, path);
      }
      return read;
    } catch (ArithmeticException
        | IllegalArgumentException
        | com.typesafe.config.ConfigException e) {
      throw wrongType(value, path, kind.expected(), e);
    }
  }

  /** Description of the values of a type, for messages. */
  static String expected(Type type) {
    if (Schema.isList(type)) {
      return "a list: [ … ]";
    } else if (type instanceof Class<?> plain && !plain.isRecord() && !Schema.isSettings(type)) {
      return Kind.of(plain).expected();
    }
    return "a section: { … }";
  }

  static ConfigException wrongType(ConfigValue value, String path, String expected) {
    return wrongType(value, path, expected, null);
  }

  private static ConfigException wrongType(
      ConfigValue value, String path, String expected, @Nullable Throwable cause) {
    return new ConfigException(
        "%s: %s must be %s, got %s".formatted(Place.of(value), path, expected, rendered(value)),
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

  private static Object integer(ConfigValue value, String text, String path) {
    BigDecimal number = new BigDecimal(text);
    if (number.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0) {
      throw wrongType(value, path, "a whole number, at most " + Integer.MAX_VALUE);
    }
    return number.intValueExact();
  }

  private static Object duration(ConfigValue value, String text, String path) {
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
  private static Object path(ConfigValue value, String text, String path) {
    if (text.isBlank()) {
      throw new InvalidPathException(text, "blank");
    }
    return Path.of(text).toAbsolutePath().normalize();
  }

  private static void requireThere(Path file, Existing.Kind kind, ConfigValue value, String path) {
    if (kind == Existing.Kind.FILE) {
      boolean readable = Files.isRegularFile(file) && Files.isReadable(file);
      requireThere(readable, value, path, "a readable file", "no such file", file);
      return;
    }
    String expected = kind == Existing.Kind.DIRECTORY ? "a directory" : "a model directory";
    requireThere(Files.isDirectory(file), value, path, expected, "no such directory", file);
    if (kind == Existing.Kind.MODEL_DIRECTORY) {
      for (String name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
        Path part = file.resolve(name);
        requireThere(
            Files.isReadable(part),
            value,
            path,
            "a model directory with config.json, model.safetensors and tokenizer.json",
            "no such file",
            part);
      }
    }
  }

  private static void requireThere(
      boolean there, ConfigValue value, String path, String expected, String problem, Path file) {
    if (!there) {
      throw new ConfigException(
          "%s (%s: %s)".formatted(wrongType(value, path, expected).getMessage(), problem, file));
    }
  }
}

package io.tributary.config.binding;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import io.tributary.config.binding.Require.InvalidValueException;
import io.tributary.config.binding.Schema.Default;
import io.tributary.config.binding.Schema.Existing;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads HOCON into records. The components of a record are its keys, their types the types of the
 * values, and its compact constructor checks the ranges.
 *
 * @param file the configuration's file as the user named it, for messages about missing keys
 */
public record Binder(String file) {
  /**
   * Reads an object into a record.
   *
   * @param path the path of the object, for messages
   * @throws ConfigException on a missing key, a wrong type or a value outside its range
   */
  public <T> T bind(Class<T> recordType, ConfigObject object, String path) {
    RecordComponent[] components = recordType.getRecordComponents();
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = component(components[i], object, path);
    }
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<T> constructor = recordType.getDeclaredConstructor(types);
      constructor.setAccessible(true); // a section's records may be package-private
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InvalidValueException invalid) {
        throw outOfRange(invalid, object, path);
      } else if (e.getCause() instanceof ConfigException unusable) {
        throw unusable; // of a file that a value names, with its own place
      }
      throw new IllegalStateException("can't make a " + recordType.getSimpleName(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("can't make a " + recordType.getSimpleName(), e);
    }
  }

  private Object component(RecordComponent component, ConfigObject object, String path) {
    if (Schema.isEmbedded(component)) {
      return implementation(object, component.getType(), path);
    }
    String key = Schema.key(component);
    Type type = component.getGenericType();
    @Nullable ConfigValue value = object.get(key);
    if (value == null || value.valueType() == ConfigValueType.NULL) {
      Default otherwise = component.getAnnotation(Default.class);
      value = otherwise == null ? null : defaultValue(otherwise);
    }
    return value == null
        ? absent(type, path + "." + key)
        : present(value, type, path + "." + key, component.getAnnotation(Existing.class));
  }

  private static ConfigValue defaultValue(Default otherwise) {
    return otherwise.value().equals("[]")
        ? ConfigValueFactory.fromIterable(List.of())
        : ConfigValueFactory.fromAnyRef(otherwise.value(), Place.DEFAULT);
  }

  private Object absent(Type type, String path) {
    if (Schema.isOptional(type)) {
      return Optional.empty();
    }
    throw new ConfigException(
        "%s: missing key %s; expected %s".formatted(file, path, Scalars.expected(type)));
  }

  private Object present(ConfigValue value, Type type, String path, @Nullable Existing existing) {
    if (Schema.isOptional(type)) {
      return Optional.of(present(value, Schema.content(type), path, existing));
    } else if (Schema.isList(type)) {
      return list(value, Schema.content(type), path);
    } else if (Schema.isSettings(type)) {
      return object(value, path);
    } else if (type instanceof Class<?> plain && plain.isRecord()) {
      return bind(plain, object(value, path), path);
    }
    return Scalars.read(value, (Class<?>) type, path, existing);
  }

  private List<Object> list(ConfigValue value, Type content, String path) {
    if (!(value instanceof ConfigList list)) {
      throw Scalars.wrongType(value, path, "a list: [ … ]");
    }
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      elements.add(present(list.get(i), content, path + "[" + i + "]", null));
    }
    return elements;
  }

  private Object implementation(ConfigObject object, Class<?> sealed, String path) {
    Map<String, Class<?>> implementations = Schema.implementations(sealed);
    String known = String.join(", ", implementations.keySet());
    ConfigValue type = object.get(Schema.TYPE);
    if (type == null) {
      throw new ConfigException(
          "%s: missing key %s.type; expected one of %s".formatted(Place.of(object), path, known));
    }
    Class<?> implementation = implementations.get(String.valueOf(type.unwrapped()));
    if (implementation == null) {
      throw Scalars.wrongType(type, path + ".type", "one of " + known);
    }
    return bind(implementation, object, path);
  }

  /**
   * A value that is a section.
   *
   * @throws ConfigException if it is not
   */
  public static ConfigObject object(ConfigValue value, String path) {
    if (value instanceof ConfigObject object) {
      return object;
    }
    throw Scalars.wrongType(value, path, "a section: { … }");
  }

  private ConfigException outOfRange(
      InvalidValueException invalid, ConfigObject object, String path) {
    String message = path + "." + invalid.getMessage();
    @Nullable ConfigValue value = find(object, invalid.key());
    String place = value == null ? file : Place.of(value);
    boolean isComparedWithCommandLine =
        object.entrySet().stream()
            .filter(entry -> !entry.getKey().equals(invalid.key()))
            .filter(entry -> message.contains(entry.getKey() + " = "))
            .anyMatch(entry -> Place.of(entry.getValue()).equals(Place.COMMAND_LINE));
    String explained;
    if (isComparedWithCommandLine && !place.equals(Place.COMMAND_LINE)) {
      explained = "%s: %s (%s)".formatted(Place.COMMAND_LINE, message, place);
    } else if (place.equals(Place.DEFAULT)) {
      explained = "%s: %s, the default".formatted(file, message);
    } else {
      explained = "%s: %s".formatted(place, message);
    }
    return new ConfigException(explained, invalid);
  }

  /** The value at a path like {@code features[1].name}, or the innermost one on the way to it. */
  private static @Nullable ConfigValue find(ConfigObject object, String path) {
    @Nullable ConfigValue value = object;
    for (String step : path.split("[.\\[]", -1)) {
      if (step.endsWith("]") && value instanceof ConfigList list) {
        value = list.get(Integer.parseInt(step.substring(0, step.length() - 1)));
      } else if (value instanceof ConfigObject inner) {
        value = inner.get(step);
      } else {
        return value;
      }
    }
    return value;
  }
}

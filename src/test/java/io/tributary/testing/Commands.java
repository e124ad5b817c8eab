package io.tributary.testing;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** All messages of a protocol, so that a test can tell that none is left unhandled. */
public final class Commands {
  private Commands() {}

  /**
   * One message of every type that a sealed interface permits.
   *
   * @param values what their components are, by type
   */
  public static <C> List<C> of(Class<C> protocol, Map<Class<?>, Object> values) {
    List<C> commands = new ArrayList<>();
    for (Class<?> type : protocol.getPermittedSubclasses()) {
      commands.add(protocol.cast(message(type, values)));
    }
    return commands;
  }

  /**
   * One message of a type.
   *
   * @param values what its components are, by type
   */
  public static Object message(Class<?> type, Map<Class<?>, Object> values) {
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    Constructor<?> constructor = type.getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    Object[] arguments =
        Arrays.stream(constructor.getParameterTypes())
            .map(parameter -> Objects.requireNonNull(values.get(parameter), parameter.getName()))
            .toArray();
    try {
      return constructor.newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a message can't be made: " + type, e);
    }
  }
}

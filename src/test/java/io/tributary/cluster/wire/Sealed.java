package io.tributary.cluster.wire;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The records under a sealed interface. */
final class Sealed {
  private Sealed() {}

  static List<Class<?>> leaves(Class<?> type) {
    return of(type).distinct().toList();
  }

  private static Stream<Class<?>> of(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(Sealed::of)
        : Stream.of(type);
  }
}

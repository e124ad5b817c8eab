package io.tributary.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A value of a label whose values are known in advance; enums implement it. */
public interface LabelValue {

  /** The enum constant's name. */
  String name();

  /** The value as operators see it: the constant's name in lower case. */
  default String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All values of a label, in the order of declaration. */
  static <E extends Enum<E> & LabelValue> List<String> all(Class<E> values) {
    return Arrays.stream(values.getEnumConstants()).map(LabelValue::label).toList();
  }
}

package io.tributary.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A constant of an enum of label values. */
public interface LabelValue {

  /** The enum constant's name. */
  String name();

  /** The label's value: the name of the constant in lower case. */
  default String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All values of a label, in the order of declaration. */
  static <E extends Enum<E> & LabelValue> List<String> all(Class<E> values) {
    return Arrays.stream(values.getEnumConstants()).map(LabelValue::label).toList();
  }
}

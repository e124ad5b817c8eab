package io.tributary.target.feature;

import java.util.List;

/**
 * A feature phi(x) of a sequence: a number computed from its decoded text. Thread-safe, apart from
 * {@link #close}.
 */
public interface Feature extends AutoCloseable {

  /** Name in the configuration and in metrics. */
  String name();

  /** phi(x). */
  double value(Text text);

  /**
   * phi(x) of several texts at once, which is faster for a feature that runs a model.
   *
   * @return (texts)
   */
  default double[] values(List<Text> texts) {
    return texts.stream().mapToDouble(this::value).toArray();
  }

  /** Closes the model that it runs, if any; the feature can't be used any more. */
  @Override
  default void close() {}
}

package io.tributary.target.feature;

import java.util.List;

/**
 * A feature phi of a sequence: a number that its decoded text is given. Thread-safe, apart from
 * {@link #close}.
 */
public interface Feature extends AutoCloseable {

  /** Name in the configuration and in metrics. */
  String name();

  /** phi(x). */
  double value(Text text);

  /**
   * phi(x) of several texts at once, which a feature that runs a model computes faster.
   *
   * @return (texts)
   */
  default double[] values(List<Text> texts) {
    return texts.stream().mapToDouble(this::value).toArray();
  }

  /** Lets go of the model that it runs, if it does; it can't be asked any more. */
  @Override
  default void close() {}
}

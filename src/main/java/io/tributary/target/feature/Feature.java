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
   * Whether all texts that begin with this one have the same value, that of this one, and are
   * decided too. Where that can't be told, they may not: what is decided too late costs accuracy,
   * what is decided too early would be wrong.
   *
   * @param beginning a text that may go on, without bytes at its end that are not UTF-8 yet
   */
  default boolean isDecided(Text beginning) {
    return false;
  }

  /**
   * Phrases that make a binary feature 1, as far as they are known: of each list one must occur.
   * Nothing is computed from them but which sequences are drawn more often. None by default.
   */
  default List<List<String>> phrases() {
    return List.of();
  }

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

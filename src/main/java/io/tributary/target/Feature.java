package io.tributary.target;

/** A feature phi of a sequence: a number that its decoded text is given. Thread-safe. */
public interface Feature {

  /** Name in the configuration and in metrics. */
  String name();

  /**
   * phi(x).
   *
   * @param text the decoded text of a sequence
   */
  double value(String text);
}

package io.tributary.data;

/**
 * Which sides of the stream an operator has paused.
 *
 * @param sampling whether no further draw is admitted
 * @param learning whether the learner takes no further batch
 */
public record Paused(boolean sampling, boolean learning) {
  /** Both sides continue. */
  public static final Paused NONE = new Paused(false, false);

  /** Whether either side is paused. */
  public boolean any() {
    return sampling || learning;
  }
}

package io.tributary.objective.estimate;

import java.util.Arrays;

/**
 * The mean of an objective's signal over the sequences of all batches so far, which can serve as
 * the level of the next batch's baseline. All sequences count the same, whichever policy their
 * signal was computed with.
 *
 * <p>Not thread-safe.
 */
public final class RunningMean {

  /** What a checkpoint stores; a mean restored from it continues bit for bit. */
  public record State(RunningMoments signals) {}

  private RunningMoments signals;

  /** A mean restored from a checkpoint. */
  public RunningMean(State state) {
    this.signals = state.signals();
  }

  /** The mean before the first batch. */
  public static RunningMean create() {
    return new RunningMean(new State(RunningMoments.EMPTY));
  }

  public State state() {
    return new State(signals);
  }

  /**
   * Adds a batch; a batch in which a signal is not finite is skipped.
   *
   * @param batch (N), S(x)
   */
  public void add(double[] batch) {
    if (!Arrays.stream(batch).allMatch(Double::isFinite)) {
      return;
    }
    for (double signal : batch) {
      signals = signals.plus(Math.log(Math.abs(signal)), signal < 0 ? -1 : 1);
    }
  }

  /** The mean; 0 before the first batch. */
  public double mean() {
    return signals.count() == 0 ? 0 : signals.meanInUnitsOf(0).value();
  }
}

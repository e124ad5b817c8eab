package io.tributary.objective;

import io.tributary.objective.estimate.RunningMoments;
import java.util.Arrays;

/**
 * The mean of an objective's signal over the sequences of all batches so far: the level that the
 * next batch may be compared with. Each sequence counts the same, whichever policy it was judged
 * by.
 *
 * <p>Not thread-safe.
 */
public final class RunningMean {

  /** What a checkpoint stores; restored from it, the mean goes on bit by bit. */
  public record State(RunningMoments signals) {}

  private RunningMoments signals;

  private RunningMean(RunningMoments signals) {
    this.signals = signals;
  }

  /** Of no batch. */
  public static RunningMean create() {
    return new RunningMean(RunningMoments.EMPTY);
  }

  /** Goes on from a checkpoint. */
  public static RunningMean restore(State state) {
    return new RunningMean(state.signals());
  }

  public State state() {
    return new State(signals);
  }

  /**
   * Adds a batch; one in which a signal is not finite is left out.
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

  /** The mean; 0 while there is no batch. */
  public double mean() {
    return signals.count() == 0 ? 0 : signals.meanInUnitsOf(0).value();
  }
}

package io.tributary.objective.estimate;

import io.tributary.config.PartitionFunctionConfig;
import io.tributary.data.PartitionFunctionEstimate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Estimates Z = sum_x P(x) by a mean of the importance weights of the scored sequences, including
 * those of weight 0: the mean of all, of the newest batches, or an exponential one.
 *
 * <p>E_q[P/q] = Z for every proposal q, and Z does not depend on the policy (Eq. (13), Korbak et
 * al. 2022, arXiv:2206.00761), so sequences of all proposals are pooled, and every mean whose
 * weighting does not depend on their values is unbiased. A batch is learned with the estimate taken
 * before it is added: a Z that included the batch would bias its gradient.
 *
 * <p>Not thread-safe.
 */
public final class PartitionFunction {

  /**
   * What a checkpoint stores; an estimate restored from it continues bit for bit.
   *
   * @param parts moments of the weights: of each batch of the window, or of all sequences
   */
  public record State(List<RunningMoments> parts) {
    public State {
      parts = List.copyOf(parts);
    }

    /** Z = mean w, with its standard error. */
    public PartitionFunctionEstimate estimate() {
      RunningMoments weights = sum(parts);
      return new PartitionFunctionEstimate(
          weights.logMagnitudeOfMean(),
          weights.relativeStandardError(),
          weights.count(),
          weights.nonZero(),
          weights.effectiveSampleSize());
    }
  }

  private final PartitionFunctionConfig config;
  private List<RunningMoments> parts;

  /**
   * An estimate restored from a checkpoint.
   *
   * @param config which mean it is
   */
  public PartitionFunction(PartitionFunctionConfig config, State state) {
    this.config = config;
    this.parts = state.parts();
  }

  /** The estimate before the first sequence. */
  public static PartitionFunction create(PartitionFunctionConfig config) {
    return new PartitionFunction(config, new State(List.of()));
  }

  public State state() {
    return new State(parts);
  }

  /**
   * Adds the sequences of a draw or batch; if one is refused, none is added.
   *
   * @param logWeights (N), log w in nats, minus infinity where P(x) = 0
   * @throws IllegalArgumentException on NaN or plus infinity
   */
  public void add(double[] logWeights) {
    parts =
        switch (config.estimator()) {
          case RUNNING -> List.of(plus(sum(parts), logWeights));
          case EXPONENTIAL -> List.of(plus(sum(parts).decayed(config.decay()), logWeights));
          case WINDOW -> newest(plus(RunningMoments.EMPTY, logWeights));
        };
  }

  private static RunningMoments plus(RunningMoments moments, double[] logWeights) {
    RunningMoments sum = moments;
    for (double logWeight : logWeights) {
      sum = sum.plus(logWeight, 1);
    }
    return sum;
  }

  private static RunningMoments sum(List<RunningMoments> parts) {
    return parts.stream().reduce(RunningMoments.EMPTY, RunningMoments::plus);
  }

  /** The newest batches, as few as fill the window. */
  private List<RunningMoments> newest(RunningMoments batch) {
    Deque<RunningMoments> kept = new ArrayDeque<>(List.of(batch));
    long sequences = batch.count();
    for (int i = parts.size() - 1; i >= 0 && sequences < config.windowSequences(); i--) {
      kept.addFirst(parts.get(i));
      sequences += parts.get(i).count();
    }
    return List.copyOf(kept);
  }

  /** Z = mean w, with its standard error. */
  public PartitionFunctionEstimate estimate() {
    return state().estimate();
  }
}

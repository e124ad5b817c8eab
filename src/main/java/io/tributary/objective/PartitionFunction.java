package io.tributary.objective;

/**
 * Estimates Z = sum_x P(x) by the running mean of the importance weights of all sequences ever
 * scored, those of weight 0 too.
 *
 * <p>E_q[P/q] = Z for every proposal q, and Z does not depend on the policy (Eq. (13), Korbak et
 * al. 2022, arXiv:2206.00761), so sequences of all proposals are pooled. A batch is learned with
 * the estimate taken before it is added: a Z that holds the batch itself would bias its gradient.
 *
 * <p>Not thread-safe.
 */
public final class PartitionFunction {

  /**
   * What the sequences so far say about Z.
   *
   * @param logZ log of the estimate; minus infinity while no positive weight has been seen
   * @param relativeStandardError standard error of Z divided by Z, which is also that of log Z; NaN
   *     while unknown
   * @param count sequences scored
   * @param positive how many of them had a positive weight
   * @param effectiveSampleSize (sum w)^2 / sum w^2 over all of them
   */
  public record Estimate(
      double logZ,
      double relativeStandardError,
      long count,
      long positive,
      double effectiveSampleSize) {

    /** Whether a positive weight has been seen, without which nothing can be said about p. */
    public boolean isKnown() {
      return positive > 0;
    }

    /** Z; 0 while no positive weight has been seen. */
    public double value() {
      return Math.exp(logZ);
    }

    /** Standard error of Z; NaN while unknown. */
    public double standardError() {
      return value() * relativeStandardError;
    }
  }

  /** What a checkpoint stores; restored from it, the estimate goes on bit by bit. */
  public record State(RunningMoments weights) {}

  private RunningMoments weights;

  private PartitionFunction(RunningMoments weights) {
    this.weights = weights;
  }

  /** With no sequence seen. */
  public static PartitionFunction create() {
    return new PartitionFunction(RunningMoments.EMPTY);
  }

  /** Goes on from a checkpoint. */
  public static PartitionFunction restore(State state) {
    return new PartitionFunction(state.weights());
  }

  public State state() {
    return new State(weights);
  }

  /**
   * Adds the sequences of a draw or batch; all of them or, when one is refused, none.
   *
   * @param logWeights (N), log w in nats, minus infinity where P(x) = 0
   * @throws IllegalArgumentException on NaN or plus infinity
   */
  public void add(double[] logWeights) {
    RunningMoments sum = weights;
    for (double logWeight : logWeights) {
      sum = sum.plus(logWeight, 1);
    }
    weights = sum;
  }

  /** Z = mean w over all sequences added, with its standard error. */
  public Estimate estimate() {
    return new Estimate(
        weights.logMagnitudeOfMean(),
        weights.relativeStandardError(),
        weights.count(),
        weights.nonZero(),
        weights.effectiveSampleSize());
  }
}

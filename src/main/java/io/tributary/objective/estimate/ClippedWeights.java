package io.tributary.objective.estimate;

import io.tributary.data.PartitionFunctionEstimate;
import java.util.Arrays;

/**
 * The share of the importance weights that clipping of gradients has taken out of a run: 1 - sum_t
 * f_t W_t / sum_t W_t, with W_t the sum of the weights P/(q Z) of a step's batch and f_t the factor
 * on its gradient. A batch that holds a part of p which q misses has large weights and so the
 * largest norm: what is rare is taken out first.
 *
 * <p>Not thread-safe.
 */
public final class ClippedWeights {

  /**
   * What a checkpoint stores.
   *
   * @param all sum of the weights
   * @param clipped the part of it that was taken out
   */
  public record State(double all, double clipped) {
    public static final State EMPTY = new State(0, 0);
  }

  private State sums;

  /** Sums restored from a checkpoint. */
  public ClippedWeights(State state) {
    this.sums = state;
  }

  public State state() {
    return sums;
  }

  /**
   * Adds a step.
   *
   * @param logWeights (N), log( P/q ) in nats
   * @param z the estimate of Z; while it is unknown, or factor or weights are not finite, the step
   *     does not count
   * @param factor on the gradient, 1 if it was not clipped
   */
  public void add(double[] logWeights, PartitionFunctionEstimate z, double factor) {
    double sum = Arrays.stream(logWeights).map(log -> Math.exp(log - z.logZ())).sum();
    if (z.isKnown() && Double.isFinite(sum) && Double.isFinite(factor)) {
      sums = new State(sums.all() + sum, sums.clipped() + (1 - factor) * sum);
    }
  }

  /** The share; NaN while there are no weights. */
  public double share() {
    return sums.clipped() / sums.all();
  }
}

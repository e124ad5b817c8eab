package io.tributary.objective.estimate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The newest importance weights, of any proposals: the Pareto k of the weights p/q and pi/q is
 * estimated on the last {@value #WINDOW} positive ones of each, since a batch alone has too few.
 *
 * <p>Not thread-safe.
 */
public final class WeightTails {
  /** The most positive weights that k is estimated on. */
  static final int WINDOW = 2048;

  /**
   * What a checkpoint stores; a window restored from it continues bit for bit.
   *
   * @param logWeights log w of the newest sequences of positive weight, oldest first
   * @param logPolicyRatios log v of the newest sequences, oldest first
   */
  public record State(List<Double> logWeights, List<Double> logPolicyRatios) {
    public State {
      logWeights = List.copyOf(logWeights);
      logPolicyRatios = List.copyOf(logPolicyRatios);
    }
  }

  private final Deque<Double> logWeights;
  private final Deque<Double> logPolicyRatios;

  /** A window restored from a checkpoint. */
  public WeightTails(State state) {
    logWeights = new ArrayDeque<>(state.logWeights());
    logPolicyRatios = new ArrayDeque<>(state.logPolicyRatios());
  }

  /** The window before the first sequence. */
  public static WeightTails create() {
    return new WeightTails(new State(List.of(), List.of()));
  }

  public State state() {
    return new State(List.copyOf(logWeights), List.copyOf(logPolicyRatios));
  }

  /**
   * Adds a batch. Weights of 0 and NaN are ignored.
   *
   * @param logWeights (N), log w in nats; minus infinity where P(x) = 0
   * @param logPolicyRatios (N), log v in nats
   */
  public void add(double[] logWeights, double[] logPolicyRatios) {
    add(this.logWeights, logWeights);
    add(this.logPolicyRatios, logPolicyRatios);
  }

  private static void add(Deque<Double> window, double[] values) {
    for (double value : values) {
      if (Double.isFinite(value)) {
        window.addLast(value);
      }
    }
    while (window.size() > WINDOW) {
      window.removeFirst();
    }
  }

  /** Pareto k of p/q; NaN where it is absent, see {@link ParetoTail#shape}. */
  public double targetShape() {
    return shape(logWeights);
  }

  /** Pareto k of pi/q; NaN where it is absent, see {@link ParetoTail#shape}. */
  public double policyShape() {
    return shape(logPolicyRatios);
  }

  private static double shape(Deque<Double> window) {
    return ParetoTail.shape(window.stream().mapToDouble(Double::doubleValue).toArray());
  }
}

package io.tributary.objective.estimate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The newest importance weights, whatever proposals they are of: the Pareto k of weights p/q and
 * pi/q is taken over the last {@value #WINDOW} positive ones of each, since a batch alone has too
 * few.
 *
 * <p>Not thread-safe.
 */
public final class WeightTails {
  /** Positive weights over which k is taken, once there are as many. */
  public static final int WINDOW = 2048;

  /**
   * What a checkpoint stores; restored from it, the window goes on bit by bit.
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

  private WeightTails(State state) {
    logWeights = new ArrayDeque<>(state.logWeights());
    logPolicyRatios = new ArrayDeque<>(state.logPolicyRatios());
  }

  /** With no sequence seen. */
  public static WeightTails create() {
    return new WeightTails(new State(List.of(), List.of()));
  }

  /** Goes on from a checkpoint. */
  public static WeightTails restore(State state) {
    return new WeightTails(state);
  }

  public State state() {
    return new State(List.copyOf(logWeights), List.copyOf(logPolicyRatios));
  }

  /**
   * Adds a batch. Weights of 0 and what is no number are passed over.
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

package io.tributary.objective;

import java.util.Arrays;

/** Levels of baselines, each independent of the sequence whose signal it is subtracted from. */
final class BaselineLevels {
  private BaselineLevels() {}

  static double[] constant(int n, double level) {
    double[] levels = new double[n];
    Arrays.fill(levels, level);
    return levels;
  }

  /**
   * The leave-one-out mean b_i = sum_{j != i} S_j / (N - 1); 0 for a single sequence.
   *
   * <p>Its expectation is E_q[S] whatever proposals the others were drawn from, and it is
   * independent of x_i, so that E[ v_i b_i grad log pi(x_i) ] = E[b_i] E_pi[ grad log pi ] = 0. A
   * mean that included S_i would shrink the expected gradient by (N - 1)/N.
   */
  static double[] ofOthers(double[] signals) {
    int n = signals.length;
    double[] levels = new double[n];
    double before = 0;
    for (int i = 0; i < n; i++) {
      levels[i] = before;
      before += signals[i];
    }
    double after = 0;
    for (int i = n - 1; i >= 0; i--) {
      levels[i] = n == 1 ? 0 : (levels[i] + after) / (n - 1);
      after += signals[i];
    }
    return levels;
  }
}

package io.tributary.objective.estimate;

import java.util.Arrays;

/**
 * Diagnoses the importance weights of a batch and the variance of its gradient (section 4.5, Korbak
 * et al. 2022, arXiv:2206.00761). NaN where a quantity is absent.
 */
public final class Diagnostics {
  private Diagnostics() {}

  /**
   * Effective sample size of raw weights divided by their number: (sum w)^2 / (N sum w^2), in [1/N,
   * 1]; NaN where all are 0.
   *
   * @param logWeights (N), log w or log v
   */
  public static double effectiveSampleSizeRatio(double[] logWeights) {
    double logSum = LogSpace.logSum(logWeights);
    if (logSum == Double.NEGATIVE_INFINITY) {
      return Double.NaN;
    }
    double squaredShares = 0;
    for (double logWeight : logWeights) {
      squaredShares += Math.exp(2 * (logWeight - logSum));
    }
    return 1 / squaredShares / logWeights.length;
  }

  /**
   * Share of the largest weight in the sum of all: max w / sum w, in [1/N, 1]; NaN where all are 0.
   *
   * @param logWeights (N), log w or log v
   */
  public static double maxWeightShare(double[] logWeights) {
    double max = LogSpace.max(logWeights);
    return max == Double.NEGATIVE_INFINITY
        ? Double.NaN
        : Math.exp(max - LogSpace.logSum(logWeights));
  }

  /** Mean of an array, such as mean A, which is 0 in expectation with the exact baseline. */
  public static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  /**
   * Var(A) = E_q (A - E_q A)^2, estimated without bias by dividing by N - 1 (Eq. (19), Korbak et
   * al. 2022, arXiv:2206.00761).
   *
   * @param advantages (N)
   */
  public static double variance(double[] advantages) {
    double mean = mean(advantages);
    double squares = Arrays.stream(advantages).map(a -> (a - mean) * (a - mean)).sum();
    return squares / (advantages.length - 1);
  }

  /**
   * Var(G) = [ mean ||G||^2 - ||mean G||^2 ] n/(n - 1), the sum of the variances of the components
   * of the gradients G(x) = A(x) grad log pi(x), estimated without bias (Eq. (17) and (18), Korbak
   * et al. 2022, arXiv:2206.00761).
   *
   * @param squaredNorms (n), ||G||^2 of each sequence
   * @param squaredNormOfMean ||mean G||^2 of the same sequences
   */
  public static double gradientVariance(double[] squaredNorms, double squaredNormOfMean) {
    double n = squaredNorms.length;
    return (mean(squaredNorms) - squaredNormOfMean) * n / (n - 1);
  }

  /**
   * E_q |A|, which is 2 Z TVD(p, pi) when the baseline is on (Eq. (20) and (21), Korbak et al.
   * 2022, arXiv:2206.00761).
   *
   * @param advantages (N)
   */
  public static double meanAbsolute(double[] advantages) {
    return mean(Arrays.stream(advantages).map(Math::abs).toArray());
  }
}

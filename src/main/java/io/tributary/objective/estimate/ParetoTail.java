package io.tributary.objective.estimate;

import java.util.Arrays;

/**
 * Measures by the tail of importance weights how reliable estimates made with them are: the shape k
 * of the generalised Pareto distribution that fits the largest weights (Pareto smoothed importance
 * sampling; Vehtari et al. 2024, arXiv:1507.02646). About 1/k moments of the weights exist: from k
 * = 0.5 on their variance is infinite, from 1 on their mean.
 */
/*
 * The shape is estimated as Zhang and Stephens do [1]: the profile likelihood of theta = -k/sigma,
 * averaged over a grid of theta by its own weights, which depends on no starting point. A weak prior
 * adds ten observations at k = 0.5 [2, appendix C]. Excesses are taken in units of the threshold,
 * which k does not depend on, so that their size in log space does not matter.
 *
 * [1] A new and efficient estimation method for the generalized Pareto distribution,
 *     Technometrics 51(3), 2009, doi:10.1198/tech.2009.08017
 * [2] arXiv:1507.02646
 */
public final class ParetoTail {
  /** Positive weights needed for an estimate. */
  static final int FEWEST_WEIGHTS = 1000;

  /** Log weights that differ by less are tied: float32 log-probabilities are no more exact. */
  private static final double TIE = 1e-3;

  private static final int GRID = 30;
  private static final double PRIOR_SCALE = 3;
  private static final double PRIOR_OBSERVATIONS = 10;
  private static final double PRIOR_SHAPE = 0.5;

  private ParetoTail() {}

  /**
   * k of the weights; NaN with fewer than {@value #FEWEST_WEIGHTS} positive weights, or if the tail
   * is tied and so has no shape.
   *
   * @param logWeights (N), log w or log v; minus infinity for weights of 0, which are ignored
   */
  public static double shape(double[] logWeights) {
    double[] sorted =
        Arrays.stream(logWeights).filter(w -> w != Double.NEGATIVE_INFINITY).sorted().toArray();
    if (sorted.length < FEWEST_WEIGHTS || Double.isNaN(sorted[sorted.length - 1])) {
      return Double.NaN;
    }
    double threshold = sorted[sorted.length - tailSize(sorted.length) - 1];
    double[] excesses = // w / threshold - 1
        Arrays.stream(sorted)
            .filter(w -> w > threshold)
            .map(w -> Math.expm1(w - threshold))
            .toArray();
    boolean tied = sorted[sorted.length - 1] - threshold < TIE;
    return tied ? Double.NaN : shapeOfExcesses(excesses);
  }

  /** Number of the largest weights that are fitted: min(S/5, 3 sqrt S), rounded up. */
  static int tailSize(int weights) {
    return (int) Math.ceil(Math.min(0.2 * weights, 3 * Math.sqrt(weights)));
  }

  /**
   * The largest k at which an estimate from this many weights is reliable: min(1 - 1/log10 S, 0.7)
   * (Vehtari et al. 2024, arXiv:1507.02646, section 3.2.4).
   */
  public static double largestReliable(int weights) {
    return Math.min(1 - 1 / Math.log10(weights), 0.7);
  }

  /**
   * k of excesses over a threshold, with the prior.
   *
   * @param excesses positive, in ascending order
   */
  static double shapeOfExcesses(double[] excesses) {
    int n = excesses.length;
    double largest = excesses[n - 1];
    if (largest == Double.POSITIVE_INFINITY) {
      return largest; // more than a factor of 2^1024 above the threshold
    }
    double quartile = excesses[Math.max(0, (int) Math.floor(n / 4.0 + 0.5) - 1)];
    double[] thetas = new double[GRID + (int) Math.sqrt(n)];
    double[] logLikelihoods = new double[thetas.length];
    for (int j = 0; j < thetas.length; j++) {
      double step = 1 - Math.sqrt(thetas.length / (j + 0.5));
      thetas[j] = 1 / largest + step / PRIOR_SCALE / quartile;
      double k = meanLog1p(-thetas[j], excesses);
      logLikelihoods[j] = n * (Math.log(-thetas[j] / k) - k - 1);
    }
    double logTotal = LogSpace.logSum(logLikelihoods);
    double theta = 0;
    for (int j = 0; j < thetas.length; j++) {
      theta += thetas[j] * Math.exp(logLikelihoods[j] - logTotal);
    }
    double k = meanLog1p(-theta, excesses);
    return (n * k + PRIOR_OBSERVATIONS * PRIOR_SHAPE) / (n + PRIOR_OBSERVATIONS);
  }

  private static double meanLog1p(double factor, double[] values) {
    return Arrays.stream(values).map(x -> Math.log1p(factor * x)).sum() / values.length;
  }
}

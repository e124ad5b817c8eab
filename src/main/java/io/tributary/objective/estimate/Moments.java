package io.tributary.objective.estimate;

/** Estimates the moments E[phi] of a feature, with standard errors. */
public final class Moments {
  private Moments() {}

  /**
   * E_m[phi] = mean[ phi ] of samples of the model m itself: of q on a batch, of pi in an
   * evaluation.
   *
   * @param values (N), phi(x)
   */
  public static PointEstimate ofSamples(double[] values) {
    return PointEstimate.mean(values);
  }

  /**
   * E_pi[phi] = mean[ v phi ] / mean[ v ] from sequences of any proposals, without sampling from pi
   * (self-normalised importance sampling; Owen 2013, section 9.2). Its standard error is that of a
   * ratio of means. Absent where all v are 0.
   *
   * @param logPolicyRatios (N), log v = log pi - log q
   * @param values (N), phi(x)
   */
  public static PointEstimate ofPolicy(double[] logPolicyRatios, double[] values) {
    LogSpace.requireSameLength(logPolicyRatios, values);
    int n = values.length;
    double logTotal = LogSpace.logSum(logPolicyRatios);
    if (logTotal == Double.NEGATIVE_INFINITY) {
      return PointEstimate.ABSENT;
    }
    double moment = 0;
    for (int j = 0; j < n; j++) {
      moment += Math.exp(logPolicyRatios[j] - logTotal) * values[j];
    }
    double[] residuals = new double[n]; // v (phi - moment) / mean[v], whose mean is 0
    for (int j = 0; j < n; j++) {
      residuals[j] = n * Math.exp(logPolicyRatios[j] - logTotal) * (values[j] - moment);
    }
    return new PointEstimate(moment, PointEstimate.mean(residuals).standardError());
  }
}

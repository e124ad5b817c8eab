package io.tributary.objective.estimate;

import java.util.Arrays;

/**
 * A quantity estimated from a sample, with its standard error.
 *
 * @param value the estimate; NaN where it is absent
 * @param standardError in the unit of the value; NaN where it is unknown (fewer than two sequences)
 */
public record PointEstimate(double value, double standardError) {

  /** What can't be estimated yet. */
  static final PointEstimate ABSENT = new PointEstimate(Double.NaN, Double.NaN);

  /** Whether there is a value. */
  public boolean isPresent() {
    return !Double.isNaN(value);
  }

  /** The mean of independent values with its standard error s / sqrt(n); absent for no values. */
  public static PointEstimate mean(double[] values) {
    int n = values.length;
    if (n == 0) {
      return ABSENT;
    }
    double mean = Arrays.stream(values).sum() / n;
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return new PointEstimate(mean, Math.sqrt(squares / n / (n - 1)));
  }

  /**
   * E_pi[phi] = mean[ v phi ] / mean[ v ] from sequences of any proposals, without sampling from pi
   * (self-normalised importance sampling; Owen 2013, section 9.2). Its standard error is that of a
   * ratio of means. Absent where all v are 0.
   *
   * @param logPolicyRatios (N), log v = log pi - log q
   * @param values (N), phi(x)
   */
  public static PointEstimate underPolicy(double[] logPolicyRatios, double[] values) {
    LogSpace.requireSameLength(logPolicyRatios, values);
    double logTotal = LogSpace.logSum(logPolicyRatios);
    if (logTotal == Double.NEGATIVE_INFINITY) {
      return PointEstimate.ABSENT;
    }
    int n = values.length;
    double moment = 0;
    for (int j = 0; j < n; j++) {
      moment += Math.exp(logPolicyRatios[j] - logTotal) * values[j];
    }
    double[] residuals = new double[n]; // v (phi - moment) / mean[v], whose mean is 0
    for (int j = 0; j < n; j++) {
      residuals[j] = n * Math.exp(logPolicyRatios[j] - logTotal) * (values[j] - moment);
    }
    return new PointEstimate(moment, mean(residuals).standardError());
  }

  /**
   * The same value with the error of an independently estimated parameter added (delta method).
   *
   * @param sensitivity derivative of the value with respect to the parameter
   * @param parameterError standard error of the parameter
   */
  PointEstimate withErrorOf(double sensitivity, double parameterError) {
    return new PointEstimate(value, Math.hypot(standardError, sensitivity * parameterError));
  }
}

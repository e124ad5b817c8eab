package io.tributary.objective;

/**
 * Mean and variance of a stream of numbers that may be far too large or small for a double: Welford
 * (1962, doi:10.1080/00401706.1962.10490022) on values divided by the largest magnitude so far.
 *
 * <p>All components are finite, so a written and read state continues bit by bit as the original.
 *
 * @param count numbers seen, zeros included
 * @param nonZero how many of them were not zero
 * @param logScale log of the largest magnitude seen; 0 while there is none
 * @param scaledMean mean of the numbers, divided by exp(logScale)
 * @param scaledSquares sum of squared deviations from the mean, divided by exp(2 logScale)
 */
public record RunningMoments(
    long count, long nonZero, double logScale, double scaledMean, double scaledSquares) {

  /** Of a stream that has not begun. */
  public static final RunningMoments EMPTY = new RunningMoments(0, 0, 0, 0, 0);

  public RunningMoments {
    if (count < 0
        || nonZero < 0
        || nonZero > count
        || scaledSquares < 0
        || !Double.isFinite(logScale + scaledMean + scaledSquares)) {
      throw new IllegalArgumentException(
          "not the moments of numbers: count %d, non-zero %d, log scale %s, mean %s, squares %s"
              .formatted(count, nonZero, logScale, scaledMean, scaledSquares));
    }
  }

  /**
   * These moments with one more number, {@code sign * exp(logMagnitude)}.
   *
   * @param logMagnitude log of its absolute value; minus infinity for 0
   * @param sign 1 or -1
   */
  public RunningMoments plus(double logMagnitude, int sign) {
    if (Double.isNaN(logMagnitude) || logMagnitude == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "the log of a magnitude must be a number or -infinity, got " + logMagnitude);
    }
    boolean zero = logMagnitude == Double.NEGATIVE_INFINITY;
    boolean rescale = !zero && (nonZero == 0 || logMagnitude > logScale);
    double newScale = rescale ? logMagnitude : logScale;
    double shrink = rescale && nonZero > 0 ? Math.exp(logScale - newScale) : 1;

    double value = zero ? 0 : sign * Math.exp(logMagnitude - newScale);
    double mean = scaledMean * shrink;
    double deviation = value - mean;
    double newMean = mean + deviation / (count + 1);
    double newSquares = scaledSquares * shrink * shrink + deviation * (value - newMean);
    return new RunningMoments(
        count + 1, zero ? nonZero : nonZero + 1, newScale, newMean, newSquares);
  }

  /** log |mean|; minus infinity where the mean is 0 or nothing was seen. */
  double logMagnitudeOfMean() {
    return Math.log(Math.abs(scaledMean)) + logScale;
  }

  /**
   * Standard error of the mean divided by |mean|; NaN for fewer than two numbers or a mean of 0.
   */
  double relativeStandardError() {
    return scaledMean == 0
        ? Double.NaN
        : Math.sqrt(scaledSquares / count / (count - 1)) / Math.abs(scaledMean);
  }

  /** The mean divided by {@code exp(logUnit)}, with its standard error; absent for no numbers. */
  PointEstimate meanInUnitsOf(double logUnit) {
    if (count == 0) {
      return PointEstimate.ABSENT;
    }
    double unit = nonZero == 0 ? 1 : Math.exp(logScale - logUnit);
    return new PointEstimate(
        scaledMean * unit, Math.sqrt(scaledSquares / count / (count - 1)) * unit);
  }

  /** (sum x)^2 / sum x^2, the effective sample size of weights; 0 while all are 0. */
  double effectiveSampleSize() {
    double sum = count * scaledMean;
    double sumOfSquares = scaledSquares + sum * scaledMean;
    return nonZero == 0 ? 0 : sum * sum / sumOfSquares;
  }
}

package io.tributary.objective.estimate;

/**
 * Mean and variance of a stream of numbers that may overflow or underflow a double: Welford (1962,
 * doi:10.1080/00401706.1962.10490022) on values divided by the largest magnitude so far. Older
 * numbers may have less weight than newer ones (West 1979, doi:10.1145/359146.359153).
 *
 * <p>All components are finite, so a state that was written and read continues bit for bit.
 *
 * @param count numbers seen, zeros included
 * @param nonZero how many of them were not zero
 * @param weight sum of the weights of the numbers; {@code count} where each has weight 1
 * @param squaredWeight sum of the squares of their weights
 * @param logScale log of the largest magnitude seen; 0 while there is none
 * @param scaledMean mean of the numbers, divided by exp(logScale)
 * @param scaledSquares sum of squared deviations from the mean, divided by exp(2 logScale)
 */
public record RunningMoments(
    long count,
    long nonZero,
    double weight,
    double squaredWeight,
    double logScale,
    double scaledMean,
    double scaledSquares) {

  static final RunningMoments EMPTY = new RunningMoments(0, 0, 0, 0, 0, 0, 0);

  public RunningMoments {
    if (count < 0
        || nonZero < 0
        || nonZero > count
        || weight < 0
        || squaredWeight < 0
        || scaledSquares < 0
        || !Double.isFinite(weight + squaredWeight + logScale + scaledMean + scaledSquares)) {
      throw new IllegalArgumentException(
          "not the moments of numbers: count %d, non-zero %d, weight %s, squared weight %s, log scale %s, mean %s, squares %s"
              .formatted(
                  count, nonZero, weight, squaredWeight, logScale, scaledMean, scaledSquares));
    }
  }

  /**
   * These moments with one more number, {@code sign * exp(logMagnitude)}, of weight 1.
   *
   * @param logMagnitude log of its absolute value; minus infinity for 0
   * @param sign 1 or -1
   */
  RunningMoments plus(double logMagnitude, int sign) {
    if (Double.isNaN(logMagnitude) || logMagnitude == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "the log of a magnitude must be a number or -infinity, got " + logMagnitude);
    }
    boolean zero = logMagnitude == Double.NEGATIVE_INFINITY;
    RunningMoments scaled = zero ? this : scaledFor(logMagnitude);
    double value = zero ? 0 : sign * Math.exp(logMagnitude - scaled.logScale);
    double deviation = value - scaled.scaledMean;
    double mean = scaled.scaledMean + deviation / (weight + 1);
    return new RunningMoments(
        count + 1,
        zero ? nonZero : nonZero + 1,
        weight + 1,
        squaredWeight + 1,
        scaled.logScale,
        mean,
        scaled.scaledSquares + deviation * (value - mean));
  }

  /** These moments together with those of other numbers (Chan et al. 1979, STAN-CS-79-773). */
  RunningMoments plus(RunningMoments other) {
    if (weight == 0 || other.weight == 0) {
      return weight == 0 ? other : this;
    }
    double logMagnitude = Math.max(logMagnitude(), other.logMagnitude());
    RunningMoments one = scaledFor(logMagnitude);
    RunningMoments two = other.scaledFor(logMagnitude);
    double total = weight + other.weight;
    double deviation = two.scaledMean - one.scaledMean;
    return new RunningMoments(
        count + other.count,
        nonZero + other.nonZero,
        total,
        squaredWeight + other.squaredWeight,
        nonZero > 0 ? one.logScale : two.logScale,
        one.scaledMean + deviation * other.weight / total,
        one.scaledSquares
            + two.scaledSquares
            + deviation * deviation * weight * other.weight / total);
  }

  /** These moments with all weights multiplied by {@code factor}. */
  RunningMoments decayed(double factor) {
    return new RunningMoments(
        count,
        nonZero,
        factor * weight,
        factor * factor * squaredWeight,
        logScale,
        scaledMean,
        factor * scaledSquares);
  }

  private double logMagnitude() {
    return nonZero == 0 ? Double.NEGATIVE_INFINITY : logScale;
  }

  /** The same moments in units that fit a number of this magnitude. */
  private RunningMoments scaledFor(double logMagnitude) {
    if (logMagnitude <= logMagnitude()) {
      return this;
    }
    double shrink = nonZero > 0 ? Math.exp(logScale - logMagnitude) : 1;
    return new RunningMoments(
        count,
        nonZero,
        weight,
        squaredWeight,
        logMagnitude,
        scaledMean * shrink,
        scaledSquares * shrink * shrink);
  }

  /** log |mean|; minus infinity where the mean is 0 or nothing was seen. */
  double logMagnitudeOfMean() {
    return Math.log(Math.abs(scaledMean)) + logScale;
  }

  /**
   * Standard error of the mean divided by |mean|; NaN for fewer than two numbers or a mean of 0.
   */
  double relativeStandardError() {
    return scaledMean == 0 ? Double.NaN : scaledStandardError() / Math.abs(scaledMean);
  }

  /** The mean divided by {@code exp(logUnit)}, with its standard error; absent for no numbers. */
  PointEstimate meanInUnitsOf(double logUnit) {
    if (count == 0) {
      return PointEstimate.ABSENT;
    }
    double unit = nonZero == 0 ? 1 : Math.exp(logScale - logUnit);
    return new PointEstimate(scaledMean * unit, scaledStandardError() * unit);
  }

  /**
   * s sqrt(sum weights^2) / sum weights, with the unbiased variance s^2 = squares / (sum weights -
   * sum weights^2 / sum weights); s / sqrt(n) where all weights are 1.
   */
  private double scaledStandardError() {
    double share = squaredWeight / weight;
    return Math.sqrt(scaledSquares / (weight - share) * share / weight);
  }

  /**
   * (sum x)^2 / sum x^2, the effective sample size of importance weights x, taken as independent of
   * the weights of this mean; 0 while all are 0.
   */
  double effectiveSampleSize() {
    double sum = weight * scaledMean;
    double sumOfSquares = scaledSquares + sum * scaledMean;
    return nonZero == 0 ? 0 : sum * sum / sumOfSquares * weight / squaredWeight;
  }
}

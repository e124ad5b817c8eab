package io.tributary.data;

/**
 * What the sequences so far tell about the partition function Z.
 *
 * @param logZ log of the estimate; minus infinity while no positive weight has been seen
 * @param relativeStandardError standard error of Z divided by Z, which is also that of log Z; NaN
 *     while unknown
 * @param count sequences that the estimate rests on
 * @param positive how many of them had a positive weight
 * @param effectiveSampleSize (sum w)^2 / sum w^2 over all of them
 */
public record PartitionFunctionEstimate(
    double logZ,
    double relativeStandardError,
    long count,
    long positive,
    double effectiveSampleSize) {

  /** Whether a positive weight has been seen, without which nothing is known about p. */
  public boolean isKnown() {
    return positive > 0;
  }

  /** Z; 0 while no positive weight has been seen. */
  public double value() {
    return Math.exp(logZ);
  }

  /** Standard error of Z; NaN while unknown. */
  public double standardError() {
    return value() * relativeStandardError;
  }
}

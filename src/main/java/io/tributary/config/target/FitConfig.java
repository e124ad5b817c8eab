package io.tributary.config.target;

import io.tributary.config.binding.Require;

/**
 * Fitting of the target's lambdas on sequences drawn from the base model.
 *
 * @param sequences sequences that are drawn first
 * @param maxSequences sequences that are drawn at most
 * @param tolerance largest standard error of a fitted moment; for a feature that is not 0 or 1 in
 *     units of its standard deviation under p
 * @param minEffectiveSampleSize effective sample size below which a fit is refused
 */
public record FitConfig(
    int sequences, int maxSequences, double tolerance, double minEffectiveSampleSize) {
  public FitConfig {
    Require.atLeast(2, "sequences", sequences);
    Require.that(
        maxSequences >= sequences,
        "max-sequences",
        maxSequences,
        "at least target.fit.sequences = " + sequences);
    Require.that(
        tolerance > 0 && tolerance < 0.5, "tolerance", tolerance, "more than 0 and less than 0.5");
    Require.notNegative("min-effective-sample-size", minEffectiveSampleSize);
  }
}

package io.tributary.config.target;

import io.tributary.config.binding.Require;

/**
 * How the target's lambdas are fitted, on sequences drawn from the base model.
 *
 * @param sequences number of sequences drawn first
 * @param maxSequences most sequences drawn
 * @param tolerance largest standard error of a fitted moment; for a feature that is not binary, in
 *     units of its standard deviation under p
 * @param minEffectiveSampleSize effective sample size below which a fit is rejected
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

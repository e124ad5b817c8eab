package io.tributary.stage.fit;

import io.tributary.config.target.FitConfig;
import io.tributary.data.BadInputException;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.lambda.FeatureSample;
import io.tributary.target.lambda.Fit;
import java.util.Optional;

/** Fits a target's lambdas on as many sequences as the wanted accuracy needs. */
public final class TargetFitting {
  /** What is drawn beyond the estimate of what is needed, since that is an estimate. */
  private static final double MARGIN = 1.05;

  /**
   * A small sample may be far off about what is needed: the next one is at most this much larger.
   */
  private static final double MAX_GROWTH = 4;

  private final EnergyBasedModel target;
  private final FitConfig config;
  private final BaseSamples samples;

  public TargetFitting(EnergyBasedModel target, FitConfig config, BaseSamples samples) {
    this.target = target;
    this.config = config;
    this.samples = samples;
  }

  /**
   * Draws and fits, again with more sequences until standard errors and effective sample size are
   * as wanted or the limit is reached. Where nothing is to be fitted, the first sequences are
   * enough.
   *
   * @return empty if it was stopped
   * @throws BadInputException if the sample can't have what is asked of it, or a few sequences
   *     would decide
   */
  public Optional<Fit> run() {
    FeatureSample sample = new FeatureSample();
    int wanted = config.sequences();
    while (samples.extend(sample, wanted)) {
      Fit fit = Fit.of(target, sample);
      wanted = needed(fit);
      if (target.distributional().isEmpty() || wanted <= sample.size()) {
        return Optional.of(fit);
      }
      if (sample.size() >= config.maxSequences()) {
        requireEffectiveSample(fit);
        return Optional.of(fit);
      }
      wanted = Math.min(wanted, config.maxSequences());
    }
    return Optional.empty();
  }

  /** Sequences that the wanted accuracy takes, as far as this fit can tell. */
  private int needed(Fit fit) {
    double error = fit.largestError() / config.tolerance();
    double effective = config.minEffectiveSampleSize() / fit.effectiveSampleSize();
    double factor = Math.max(error * error, effective);
    return factor <= 1
        ? fit.sequences()
        : (int)
            Math.min(
                Integer.MAX_VALUE,
                Math.ceil(fit.sequences() * Math.min(MAX_GROWTH, factor * MARGIN)));
  }

  private void requireEffectiveSample(Fit fit) {
    if (fit.effectiveSampleSize() < config.minEffectiveSampleSize()) {
      throw new BadInputException(
          "target.features: the weights that give the desired moments leave %.1f effective sequences of %,d drawn from the base model, fewer than target.fit.min-effective-sample-size = %.1f: a few sequences would decide the lambdas of %s; expected moments nearer to those of the base model, or more sequences (target.fit.max-sequences)"
              .formatted(
                  fit.effectiveSampleSize(),
                  fit.sequences(),
                  config.minEffectiveSampleSize(),
                  fit.lambdaErrors().keySet()));
    }
  }
}

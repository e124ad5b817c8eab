package io.tributary.stage.evaluate;

import io.tributary.data.Seeds;
import io.tributary.metrics.Label.Weight;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.model.LanguageModel;
import io.tributary.model.TextTokenizer;
import io.tributary.objective.estimate.DefensiveMixture;
import io.tributary.objective.estimate.DefensiveMixture.Part;
import io.tributary.objective.estimate.Diagnostics;
import io.tributary.objective.estimate.ParetoTail;
import io.tributary.objective.estimate.PointEstimate;
import io.tributary.target.EnergyBasedModel;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Measures a model as {@link PolicyEvaluation} does, outside a run. There is no learner here that
 * knows Z, so the same number of samples is drawn from the base model too, and Z and KL(p||pi) are
 * estimated on both together; see {@link DefensiveMixture}. Not thread-safe.
 */
public final class ModelEvaluation {
  /**
   * The result.
   *
   * @param measurements as of an evaluation in a run; Z and Pareto k are those of the mixture
   * @param effectiveSampleSize of the mixture's weights P/m, in sequences; NaN where it is absent
   * @param largestReliableShape Pareto k above which estimates with these weights are unreliable;
   *     NaN where k is absent
   */
  public record Result(
      Measurements measurements, double effectiveSampleSize, double largestReliableShape) {}

  private final LanguageModel base;
  private final LanguageModel model;
  private final Sampling sampling;
  private final Consumer<String> progress;
  private final long startNanos = System.nanoTime();

  /**
   * @param base the base model a, which its owner closes
   * @param model the model to evaluate, which its owner closes; it may be the base model itself
   * @param progress told how far it is, after every token drawn and every group scored
   */
  public ModelEvaluation(
      EvaluationSettings settings,
      LanguageModel base,
      LanguageModel model,
      TextTokenizer tokenizer,
      EnergyBasedModel target,
      Consumer<String> progress) {
    this.base = base;
    this.model = model;
    this.progress = progress;
    this.sampling = new Sampling(settings, base, tokenizer, target, this::tell);
  }

  private void tell() {
    EvaluationSettings settings = sampling.settings();
    progress.accept(
        String.format(
            Locale.ROOT,
            "evaluating: %,d of %,d sequences drawn, %,d s",
            sampling.sequences(),
            (settings.sampling().truncated() ? 1L : 2L) * settings.sequences(),
            (System.nanoTime() - startNanos) / 1_000_000_000));
  }

  /** Draws and measures. */
  public Result evaluate() {
    Samples samples = sampling.samples(model, Seeds.Purpose.EVALUATION, 0, "the model's sample");
    Measurements measured = samples.measure();
    if (sampling.settings().sampling().truncated()) {
      return new Result(measured, Double.NaN, Double.NaN);
    }
    DefensiveMixture mixture = mixture(samples);
    PointEstimate z = mixture.partitionFunction();
    double[] logWeights = mixture.logWeights();
    double shape = ParetoTail.shape(logWeights);
    samples.putDivergences(mixture.klTargetPolicy(), measured);
    measured
        .put(Metric.PARTITION_FUNCTION, z.value())
        .put(Metric.PARTITION_FUNCTION_STDERR, z.standardError())
        .put(Metric.PARETO_K, shape, Weight.P_Q);
    return new Result(
        measured,
        logWeights.length * Diagnostics.effectiveSampleSizeRatio(logWeights),
        Double.isNaN(shape) ? shape : ParetoTail.largestReliable(positive(logWeights)));
  }

  private static int positive(double[] logWeights) {
    return (int) Arrays.stream(logWeights).filter(w -> w > Double.NEGATIVE_INFINITY).count();
  }

  private DefensiveMixture mixture(Samples ofModel) {
    Samples ofBase = sampling.samples(base, Seeds.Purpose.EVALUATION, 1, "the base model's sample");
    return new DefensiveMixture(
        new Part(ofModel.logTargets(), ofModel.logProbs(), ofModel.logBases()),
        new Part(
            ofBase.logTargets(), sampling.logProbs(model, ofBase.tokens()), ofBase.logBases()));
  }
}

package io.tributary.cli.standalone;

import io.tributary.cli.console.FittingRow;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.RunConfig;
import io.tributary.config.SamplersConfig;
import io.tributary.config.StreamConfig;
import io.tributary.config.target.TargetConfig;
import io.tributary.data.Fingerprint;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.Stage;
import io.tributary.model.SamplingSettings;
import io.tributary.run.assembly.FitSetup;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.life.StandaloneFit;
import io.tributary.stage.fit.FitJson;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.sample.Sampler;
import io.tributary.stage.score.DrawScoring;
import io.tributary.stage.score.Scorer;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.lambda.Fit;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The target of a configuration with its lambdas, for verbs without a run. */
final class StandaloneTarget {
  private StandaloneTarget() {}

  /**
   * The target, with lambdas from a file or fitted now.
   *
   * @param base the base model, with a tokenizer
   * @param lambdas a file that the verb {@code fit} or a run has written
   * @param err where the progress of a fit is shown
   * @throws io.tributary.data.BadInputException if the file is not of this target, or lambdas can't
   *     be fitted
   */
  static EnergyBasedModel of(
      EffectiveConfig config, LoadedModel base, Optional<Path> lambdas, PrintWriter err) {
    EnergyBasedModel target = EnergyBasedModel.of(config.section(TargetConfig.class));
    if (target.isFitted()) {
      return target;
    }
    return lambdas.isPresent()
        ? FitJson.read(lambdas.get(), target)
        : fitted(target, config, base, err);
  }

  private static EnergyBasedModel fitted(
      EnergyBasedModel target, EffectiveConfig config, LoadedModel base, PrintWriter err) {
    SamplersConfig samplers = config.section(SamplersConfig.class);
    int[] prompt = base.encode(samplers.prompt());
    base.requireVocabulary(prompt);
    int[] prefix = prompt.length > 0 ? prompt : base.config().beginning();
    base.requireRoom(prefix.length, samplers.maxLength());
    List<TensorBytes> weights = base.languageModel().snapshot();
    FitSetup setup =
        new FitSetup(
            target,
            config.section(TargetConfig.class).fit(),
            config.section(StreamConfig.class),
            new WeightSnapshot(new WeightVersion(1, Fingerprint.of(weights)), weights),
            samplers.batchSize(),
            base.config().vocabulary());
    Supplier<ProposalSampling> sampling =
        () ->
            new ProposalSampling(
                base.config(),
                base.device(),
                samplers.batchSize(),
                prefix,
                SamplingSettings.plain(samplers.maxLength(), samplers.stopAtEos()),
                config.section(RunConfig.class).seed());
    Supplier<DrawScoring> scoring =
        () ->
            new DrawScoring(
                base.config().model(weights, base.device()),
                base.requireTokenizer(),
                target,
                prefix,
                samplers.batchSize(),
                false);
    try (FittingRow row = new FittingRow(err)) {
      return StandaloneFit.run(
              setup,
              1,
              1,
              metrics ->
                  new WorkerBehaviors(
                      place -> Sampler.create(sampling, metrics.stage(Stage.SAMPLER)::clock),
                      place -> Scorer.create(scoring, metrics.stage(Stage.SCORER)::clock)),
              () -> false,
              row)
          .map(Fit::target)
          .orElseThrow();
    }
  }
}

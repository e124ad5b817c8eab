package io.tributary.cli.standalone;

import io.tributary.cli.console.FittingRow;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.ModelConfig;
import io.tributary.config.RunConfig;
import io.tributary.config.SamplersConfig;
import io.tributary.config.StreamConfig;
import io.tributary.config.target.TargetConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.Fingerprint;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.Label.Stage;
import io.tributary.model.ModelDirectory;
import io.tributary.model.SamplingSettings;
import io.tributary.model.guide.TokenGuide;
import io.tributary.run.assembly.FitSetup;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.life.StandaloneFit;
import io.tributary.stage.fit.FitJson;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.sample.Sampler;
import io.tributary.stage.score.DrawScoring;
import io.tributary.stage.score.Scorer;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.fit.Fit;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The base model a of a configuration's target, where a verb computes with a model of its own.
 *
 * @param borrowed whether it is the verb's own model, which the verb closes itself
 */
public record TargetBaseModel(LoadedModel model, boolean borrowed) implements AutoCloseable {

  /**
   * The base model that a configuration names, or else {@code model}.
   *
   * @throws BadInputException if the base model can't be loaded or has another vocabulary
   */
  public static TargetBaseModel of(EffectiveConfig config, LoadedModel model) {
    Optional<Path> named =
        config.baseModel().map(ModelConfig::base).filter(path -> !isSame(path, model.path()));
    if (named.isEmpty()) {
      return new TargetBaseModel(model, true);
    }
    int vocabulary = ModelDirectory.open(named.get()).config().vocabulary();
    if (vocabulary != model.config().vocabulary()) {
      throw new BadInputException(
          "model.base = %s has a vocabulary of %,d tokens and %s one of %,d; expected models with the same vocabulary"
              .formatted(named.get(), vocabulary, model.path(), model.config().vocabulary()));
    }
    return new TargetBaseModel(LoadedModel.read(named.get(), model.device()), false);
  }

  private static boolean isSame(Path a, Path b) {
    try {
      return Files.isSameFile(a, b);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The target, with lambdas from a file or fitted now.
   *
   * @param lambdas a file that the verb {@code fit} or a run has written
   * @param err where the progress of a fit is shown
   * @throws BadInputException if the file is not of this target, or lambdas can't be fitted
   */
  public EnergyBasedModel target(EffectiveConfig config, Optional<Path> lambdas, PrintWriter err) {
    EnergyBasedModel target = EnergyBasedModel.of(config.section(TargetConfig.class));
    if (target.isFitted()) {
      return target;
    }
    return lambdas.isPresent() ? FitJson.read(lambdas.get(), target) : fitted(target, config, err);
  }

  private EnergyBasedModel fitted(
      EnergyBasedModel target, EffectiveConfig config, PrintWriter err) {
    SamplersConfig samplers = config.section(SamplersConfig.class);
    int[] prompt = model.encode(samplers.prompt());
    model.requireVocabulary(prompt);
    int[] prefix = prompt.length > 0 ? prompt : model.config().beginning();
    model.requireRoom(prefix.length, samplers.maxLength());
    List<TensorBytes> weights = model.languageModel().snapshot();
    FitSetup setup =
        new FitSetup(
            target,
            config.section(TargetConfig.class).fit(),
            config.section(StreamConfig.class),
            new WeightSnapshot(new WeightVersion(1, Fingerprint.of(weights)), weights),
            samplers.batchSize(),
            model.config().vocabulary(),
            false);
    Supplier<ProposalSampling> sampling =
        () ->
            new ProposalSampling(
                model.config(),
                model.device(),
                samplers.batchSize(),
                prefix,
                SamplingSettings.plain(samplers.maxLength(), samplers.stopAtEos()),
                TokenGuide.NONE,
                config.section(RunConfig.class).seed());
    Supplier<DrawScoring> scoring =
        () ->
            new DrawScoring(
                model.config().model(weights, model.device()),
                model.requireTokenizer(),
                target,
                prefix,
                samplers.batchSize(),
                samplers.batchSize(),
                DrawScoring.Detail.SEQUENCES,
                TokenGuide.NONE);
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
              row::transientLine)
          .map(Fit::target)
          .orElseThrow();
    }
  }

  @Override
  public void close() {
    if (!borrowed) {
      model.close();
    }
  }
}

package io.tributary.cli.options;

import ai.djl.Device;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.SamplersConfig;
import io.tributary.data.BadInputException;
import io.tributary.model.SamplingSettings;
import io.tributary.stage.fit.BaseSampling;
import io.tributary.stage.fit.FitJson;
import io.tributary.stage.fit.TargetFitting;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.lambda.Fit;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** A {@code @Mixin} of verbs that need a configuration's target without a run: its lambdas. */
public final class FitOptions {
  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--fit",
      paramLabel = "FILE",
      description =
          "Lambdas of the target: what the verb fit printed for the configuration, or fit.json of a"
              + " run. Default: they are fitted first, where there are any.")
  private @Nullable Path fit;

  /**
   * The target of a configuration with its lambdas.
   *
   * @param base the base model, with a tokenizer
   * @throws io.tributary.data.BadInputException if the file can't be used, or lambdas can't be
   *     fitted
   */
  public EnergyBasedModel target(EffectiveConfig config, LoadedModel base, Device device) {
    EnergyBasedModel target = EnergyBasedModel.of(config.target());
    if (target.isFitted()) {
      return target;
    }
    return fit == null ? fitted(target, config, base, device) : FitJson.read(fit, target);
  }

  private EnergyBasedModel fitted(
      EnergyBasedModel target, EffectiveConfig config, LoadedModel base, Device device) {
    SamplersConfig samplers = config.samplers();
    int[] prompt = base.encode(samplers.prompt());
    base.requireVocabulary(prompt);
    int[] prefix = prompt.length > 0 ? prompt : base.config().beginning();
    int needed = prefix.length + samplers.maxLength() - 1; // the last token is never read
    if (needed > base.config().positions()) {
      throw new BadInputException(
          "samplers.max-length = %d behind a prefix of %d tokens needs %d positions to fit lambda, the model in %s has %d"
              .formatted(
                  samplers.maxLength(),
                  prefix.length,
                  needed,
                  base.path(),
                  base.config().positions()));
    }
    BaseSampling.Plan plan =
        new BaseSampling.Plan(
            base.config(),
            base.languageModel().snapshot(),
            List.of(device),
            samplers.batchSize(),
            prefix,
            SamplingSettings.plain(samplers.maxLength(), samplers.stopAtEos()),
            config.run().seed(),
            config.stream().maxDropRate());
    PrintWriter err = spec.commandLine().getErr();
    try (FitLine line = new FitLine(err);
        BaseSampling sampling =
            new BaseSampling(plan, base.requireTokenizer(), target, () -> false, line)) {
      return new TargetFitting(target, config.target().fit(), sampling)
          .run()
          .map(Fit::target)
          .orElseThrow();
    }
  }
}

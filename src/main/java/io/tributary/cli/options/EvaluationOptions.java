package io.tributary.cli.options;

import io.tributary.config.EffectiveConfig;
import io.tributary.config.SamplersConfig;
import io.tributary.data.BadInputException;
import io.tributary.model.SamplingSettings;
import io.tributary.stage.evaluate.PolicyEvaluation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** An {@code @ArgGroup}: a model, what it is measured against, and on how many samples. */
public final class EvaluationOptions {
  @ArgGroup(exclusive = false, multiplicity = "1")
  private ModelOptions model = new ModelOptions();

  @ArgGroup(exclusive = false, multiplicity = "1")
  private ConfigOptions config = new ConfigOptions();

  @Option(
      names = {"-n", "--number"},
      paramLabel = "N",
      description = "Number of samples. Default: evaluation.sequences of the configuration.")
  private @Nullable Integer number;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description =
          "Only the likeliest tokens that together reach this probability. Default: "
              + "evaluation.top-p of the configuration.")
  private @Nullable Double topP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the random numbers. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Sequences that are computed at once. Default: ${DEFAULT-VALUE}.")
  private int batchSize = 128;

  public ModelOptions model() {
    return model;
  }

  public ConfigOptions config() {
    return config;
  }

  /**
   * How samples are drawn.
   *
   * @throws BadInputException if an option can't be used
   */
  public PolicyEvaluation.Plan plan(EffectiveConfig config, int[] prefix) {
    int sequences = number == null ? config.evaluation().sequences() : number;
    if (sequences < 1 || batchSize < 1) {
      throw new BadInputException(
          "-n = %d, --batch-size = %d: expected at least 1".formatted(sequences, batchSize));
    }
    return new PolicyEvaluation.Plan(sequences, batchSize, prefix, settings(config), seed);
  }

  private SamplingSettings settings(EffectiveConfig config) {
    SamplersConfig samplers = config.samplers();
    double chosen = topP == null ? config.evaluation().topP() : topP;
    try {
      return new SamplingSettings(samplers.maxLength(), samplers.stopAtEos(), 1, 0, chosen);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("--" + e.getMessage(), e);
    }
  }
}

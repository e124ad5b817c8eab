package io.tributary.cli.options;

import io.tributary.config.EffectiveConfig;
import io.tributary.config.EvaluationConfig;
import io.tributary.config.SamplersConfig;
import io.tributary.data.BadInputException;
import io.tributary.model.SamplingSettings;
import io.tributary.stage.evaluate.EvaluationSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** An {@code @ArgGroup}: a model, the configuration it is evaluated against, and the samples. */
public final class EvaluationOptions {
  @ArgGroup(exclusive = false, multiplicity = "1")
  private ModelOptions model = new ModelOptions();

  @ArgGroup(exclusive = false, multiplicity = "1")
  private ConfigOptions config = new ConfigOptions();

  @ArgGroup(exclusive = false)
  private DrawingOptions drawing = new DrawingOptions();

  @Option(
      names = {"-n", "--number"},
      paramLabel = "N",
      description = "Number of samples. Default: evaluation.sequences of the configuration.")
  private @Nullable Integer number;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description =
          "Sample from the most likely tokens whose probabilities add up to P. Default: "
              + "evaluation.top-p of the configuration.")
  private @Nullable Double topP;

  public ModelOptions model() {
    return model;
  }

  public ConfigOptions config() {
    return config;
  }

  /**
   * How samples are drawn.
   *
   * @throws BadInputException if an option is out of range
   */
  public EvaluationSettings plan(EffectiveConfig config, int[] prefix) {
    int sequences = number == null ? config.section(EvaluationConfig.class).sequences() : number;
    drawing.requirePositive(sequences);
    return new EvaluationSettings(
        sequences, drawing.batchSize(), prefix, settings(config), drawing.seed());
  }

  private SamplingSettings settings(EffectiveConfig config) {
    SamplersConfig samplers = config.section(SamplersConfig.class);
    double chosen = topP == null ? config.section(EvaluationConfig.class).topP() : topP;
    try {
      return new SamplingSettings(samplers.maxLength(), samplers.stopAtEos(), 1, 0, chosen);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("--" + e.getMessage(), e);
    }
  }
}

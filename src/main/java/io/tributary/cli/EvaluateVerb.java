package io.tributary.cli;

import com.google.gson.JsonObject;
import io.tributary.cli.console.FittingRow;
import io.tributary.cli.standalone.LoadedModel;
import io.tributary.cli.standalone.TargetBaseModel;
import io.tributary.cli.standalone.TextLines;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.EvaluationConfig;
import io.tributary.config.SamplersConfig;
import io.tributary.config.target.TargetConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.WordTokens;
import io.tributary.io.Json;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.model.SamplingSettings;
import io.tributary.stage.evaluate.EvaluationSettings;
import io.tributary.stage.evaluate.ModelEvaluation;
import io.tributary.stage.evaluate.TextMetrics;
import io.tributary.target.EnergyBasedModel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures a model against a target, or texts alone. */
@Command(
    name = "evaluate",
    header = "Measures a model against a target, or the diversity of texts.",
    customSynopsis = {
      "tributary evaluate --model=DIR -c=FILE [-D=KEY=VALUE]... [OPTIONS]",
      "       tributary evaluate --texts=FILE"
    },
    description = {
      "Samples from a model and measures the samples against the target of a "
          + "configuration, or measures given texts. Prints one JSON object; values "
          + "that can't be estimated are left out.",
      "",
      "distinct_1 to 3   distinct n-grams of a text divided by its word tokens,",
      "                  averaged over texts; a text without words counts as 0",
      "self_bleu_3 to 5  BLEU-n of a text against all others, averaged over the",
      "                  first "
          + TextMetrics.SELF_BLEU_TEXTS
          + " texts: uniform weights, smoothing method 1,",
      "                  case-sensitive",
      "",
      "With a model, also:",
      "feature_moment    mean of each feature; feature_moment_stderr is its standard",
      "                  error",
      "perplexity_base   perplexity of the samples under the base model, which is",
      "                  model.base of the configuration, or else --model",
      "kl_nats           KL(p||pi) and KL(pi||a); kl_stderr_nats are their standard",
      "                  errors. KL(p||pi) and partition_function are estimated on",
      "                  equally many samples of the base model and of the model,",
      "                  with importance weights against their mixture;",
      "                  effective_sample_size and pareto_k (at most",
      "                  pareto_k_limit) tell whether the estimate can be trusted.",
      "                  With --top-p below 1 both are left out, since the samples",
      "                  are then not those of the model itself.",
      ""
    })
final class EvaluateVerb extends Verb {

  @ArgGroup(multiplicity = "1")
  private Subject subject = new Subject();

  /** Either texts or a model. */
  private static final class Subject {
    @Option(
        names = "--texts",
        required = true,
        paramLabel = "FILE",
        description =
            "Texts, one per line, in UTF-8, or JSON objects with the text as "
                + "\"text\", as sample prints them.")
    private @Nullable Path texts;

    @ArgGroup(exclusive = false)
    private OfModel model = new OfModel();
  }

  /** A model, the configuration it is evaluated against, and the samples. */
  private static final class OfModel {
    @ArgGroup(exclusive = false, multiplicity = "1")
    private ModelOptions model = new ModelOptions();

    @ArgGroup(exclusive = false)
    private @Nullable ConfigOptions config;

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

    /** How samples are drawn that follow a prefix. */
    private EvaluationSettings plan(EffectiveConfig config, int[] prefix) {
      EvaluationConfig defaults = config.section(EvaluationConfig.class);
      SamplersConfig samplers = config.section(SamplersConfig.class);
      int sequences = number == null ? defaults.sequences() : number;
      drawing.requirePositive(sequences);
      try {
        return new EvaluationSettings(
            sequences,
            drawing.batchSize,
            prefix,
            new SamplingSettings(
                samplers.maxLength(),
                samplers.stopAtEos(),
                1,
                0,
                topP == null ? defaults.topP() : topP),
            drawing.seed);
      } catch (IllegalArgumentException e) {
        throw new BadInputException("--" + e.getMessage(), e);
      }
    }
  }

  @Mixin private FitOptions fit = new FitOptions();

  @Override
  public Integer call() {
    return done(subject.texts == null ? ofModel(subject.model) : ofTexts(subject.texts));
  }

  private JsonObject ofTexts(Path file) {
    if (isGiven("--fit")) {
      throw badUsage("--fit is for the target of a model; --texts has none");
    }
    List<String> texts = TextLines.read(file);
    return json("texts", texts.size(), TextMetrics.of(texts.stream().map(WordTokens::of).toList()));
  }

  private JsonObject ofModel(OfModel options) {
    if (options.config == null) {
      throw badUsage("--model needs the configuration of its target: -c=FILE");
    }
    EffectiveConfig config = options.config.read();
    TargetConfig features = config.section(TargetConfig.class);
    options.plan(config, new int[0]); // a bad option is reported before the models are loaded
    try (LoadedModel model = options.model.load();
        TargetBaseModel base = TargetBaseModel.of(config, model)) {
      String prompt = config.section(SamplersConfig.class).prompt();
      EvaluationSettings drawn =
          options.plan(
              config, prompt.isEmpty() ? model.config().beginning() : model.encode(prompt));
      for (LoadedModel reader : List.of(model, base.model())) {
        reader.requireRoom(drawn.prefix().length, drawn.sampling().maxLength());
      }
      try (EnergyBasedModel target =
          drawn.sampling().truncated() // only the features are needed then
              ? EnergyBasedModel.of(features)
              : base.target(config, fit.file(), err())) {
        ModelEvaluation.Result result;
        try (FittingRow row = new FittingRow(err())) {
          result =
              new ModelEvaluation(
                      drawn,
                      base.model().languageModel(),
                      model.languageModel(),
                      model.requireTokenizer(),
                      target,
                      row::transientLine)
                  .evaluate();
        }
        JsonObject json = json("sequences", drawn.sequences(), result.measurements());
        add(json, "effective_sample_size", result.effectiveSampleSize());
        add(json, "pareto_k_limit", result.largestReliableShape());
        return json;
      }
    }
  }

  /** A number of texts or sequences and what was measured on them. */
  private static JsonObject json(String counted, int number, Measurements measured) {
    JsonObject json = new JsonObject();
    json.addProperty(counted, number);
    MetricsJsonl.json(measured.values()).asMap().forEach(json::add);
    return json;
  }

  private static void add(JsonObject json, String key, double value) {
    if (Double.isFinite(value)) {
      json.add(key, Json.number(value));
    }
  }
}

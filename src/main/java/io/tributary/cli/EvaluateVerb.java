package io.tributary.cli;

import com.google.gson.JsonObject;
import io.tributary.cli.options.EvaluationOptions;
import io.tributary.cli.options.FitOptions;
import io.tributary.cli.standalone.LoadedModel;
import io.tributary.cli.standalone.StandaloneEvaluation;
import io.tributary.cli.standalone.TextLines;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.target.TargetConfig;
import io.tributary.data.WordTokens;
import io.tributary.stage.evaluate.TextMetrics;
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
      "distinct_1 to 3   distinct n-grams of a text divided by its word tokens, "
          + "averaged over texts; a text without words counts as 0",
      "self_bleu_3 to 5  BLEU-n of a text against all others, averaged over the first "
          + TextMetrics.SELF_BLEU_TEXTS
          + " texts: uniform weights, smoothing method 1, case-sensitive",
      "",
      "With a model, also:",
      "feature_moment    mean of each feature; feature_moment_stderr is its standard error",
      "perplexity_base   perplexity of the samples under the base model, which is"
          + " model.base of the configuration, or else --model",
      "kl_nats           KL(p||pi) and KL(pi||a); kl_stderr_nats are their "
          + "standard errors. KL(p||pi) and partition_function are estimated on equally"
          + " many samples of the base model and of the model, with importance weights "
          + "against their mixture; effective_sample_size and pareto_k (at most "
          + "pareto_k_limit) tell whether the estimate can be trusted. With --top-p "
          + "below 1 both are left out, since the samples are then not those of the "
          + "model itself.",
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
    private EvaluationOptions model = new EvaluationOptions();
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
    return StandaloneEvaluation.json(
        "texts", texts.size(), TextMetrics.of(texts.stream().map(WordTokens::of).toList()));
  }

  private JsonObject ofModel(EvaluationOptions options) {
    EffectiveConfig config = options.config().read();
    config.section(TargetConfig.class);
    options.plan(config, new int[0]); // a bad option is reported before the models are loaded
    try (LoadedModel model = options.model().load()) {
      return StandaloneEvaluation.of(
          config, model, prefix -> options.plan(config, prefix), fit.file(), err());
    }
  }
}

package io.tributary.cli.standalone;

import com.google.gson.JsonObject;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.SamplersConfig;
import io.tributary.config.target.TargetConfig;
import io.tributary.io.Json;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.stage.evaluate.EvaluationSettings;
import io.tributary.stage.evaluate.ModelEvaluation;
import io.tributary.target.EnergyBasedModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Evaluates a model against the target of a configuration, without a run. */
public final class StandaloneEvaluation {
  private StandaloneEvaluation() {}

  /**
   * Samples from the model and measures the samples.
   *
   * @param settings how samples are drawn, by the prefix that each of them follows
   * @param lambdas a file that the verb {@code fit} or a run has written; else they are fitted
   * @param err where the progress of a fit is shown
   * @return what was measured, by name
   * @throws io.tributary.data.BadInputException if a model or the target can't be used
   */
  public static JsonObject of(
      EffectiveConfig config,
      LoadedModel model,
      Function<int[], EvaluationSettings> settings,
      Optional<Path> lambdas,
      PrintWriter err) {
    try (TargetBaseModel base = TargetBaseModel.of(config, model)) {
      String prompt = config.section(SamplersConfig.class).prompt();
      EvaluationSettings drawn =
          settings.apply(prompt.isEmpty() ? model.config().beginning() : model.encode(prompt));
      for (LoadedModel reader : List.of(model, base.model())) {
        reader.requireRoom(drawn.prefix().length, drawn.sampling().maxLength());
      }
      try (EnergyBasedModel target =
          drawn.sampling().truncated() // only the features are needed then
              ? EnergyBasedModel.of(config.section(TargetConfig.class))
              : StandaloneTarget.of(config, base.model(), lambdas, err)) {
        ModelEvaluation.Result result =
            new ModelEvaluation(
                    drawn,
                    base.model().languageModel(),
                    model.languageModel(),
                    model.requireTokenizer(),
                    target)
                .evaluate();
        JsonObject json = json("sequences", drawn.sequences(), result.measurements());
        add(json, "effective_sample_size", result.effectiveSampleSize());
        add(json, "pareto_k_limit", result.largestReliableShape());
        return json;
      }
    }
  }

  /** A number of texts or sequences and what was measured on them. */
  public static JsonObject json(String counted, int number, Measurements measured) {
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

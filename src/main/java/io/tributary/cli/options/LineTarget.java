package io.tributary.cli.options;

import com.google.gson.JsonObject;
import io.tributary.cli.console.ScoreInput.Line;
import io.tributary.cli.console.SequenceJson;
import io.tributary.config.EffectiveConfig;
import io.tributary.data.BadInputException;
import io.tributary.model.SequenceScores;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Text;
import java.util.List;
import java.util.Objects;

/** What a configuration's target says about lines: features and log P. */
public final class LineTarget implements AutoCloseable {
  private final EnergyBasedModel target;
  private final TargetBase base;

  private LineTarget(EnergyBasedModel target, TargetBase base) {
    this.target = target;
    this.base = base;
  }

  /**
   * The target of a configuration, with the base model that it names, or else with {@code model}.
   *
   * @param fit where its lambdas come from
   * @throws BadInputException if the base model can't be used or has other tokens, or {@code model}
   *     has no tokenizer, since features look at text
   */
  public static LineTarget of(
      EffectiveConfig config, LoadedModel model, ModelOptions options, FitOptions fit) {
    model.requireTokenizer();
    TargetBase base = TargetBase.of(config, model, options);
    try {
      return new LineTarget(fit.target(config, base.model(), options.device()), base);
    } catch (RuntimeException e) {
      base.close();
      throw e;
    }
  }

  /** Tokens that the base model has room for. */
  public int positions() {
    return base.model().config().positions();
  }

  /**
   * log a of sequences, in nats.
   *
   * @param logProbs the same under the model
   */
  public double[] logBases(List<int[]> tokens, double[] logProbs) {
    return base.borrowed()
        ? logProbs
        : new SequenceScores(base.model().languageModel(), Math.max(1, tokens.size()))
            .logProbs(base.model().config().beginning(), tokens);
  }

  /**
   * Values of the features.
   *
   * @return (lines, features)
   */
  public double[][] featureValues(List<Line> lines) {
    return target.featureValues(
        lines.stream()
            .map(line -> new Text(Objects.requireNonNull(line.text()), line.tokens().length))
            .toList());
  }

  /** Adds features and log P of a line. */
  public SequenceJson describe(SequenceJson json, double[] values, double logBase) {
    JsonObject features = new JsonObject();
    List<Feature> named = target.features();
    for (int i = 0; i < values.length; i++) {
      features.addProperty(named.get(i).name(), values[i]);
    }
    return json.with(features, target.logTarget(logBase, values));
  }

  @Override
  public void close() {
    target.close();
    base.close();
  }
}

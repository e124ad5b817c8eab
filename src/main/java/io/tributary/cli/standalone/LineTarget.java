package io.tributary.cli.standalone;

import com.google.gson.JsonObject;
import io.tributary.config.EffectiveConfig;
import io.tributary.data.BadInputException;
import io.tributary.model.SequenceScores;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.feature.Text;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The target of a configuration, to compute features and log P of given sequences. */
public record LineTarget(EnergyBasedModel target, TargetBaseModel base) implements AutoCloseable {
  /**
   * The target of a configuration, with the base model that it names, or else with {@code model}.
   *
   * @param lambdas a file that the verb {@code fit} or a run has written; else they are fitted
   * @param err where the progress of a fit is shown
   * @throws BadInputException if the base model can't be loaded or has another vocabulary, or
   *     {@code model} has no tokenizer, since features are computed on text
   */
  public static LineTarget of(
      EffectiveConfig config, LoadedModel model, Optional<Path> lambdas, PrintWriter err) {
    model.requireTokenizer();
    TargetBaseModel base = TargetBaseModel.of(config, model);
    try {
      return new LineTarget(base.target(config, lambdas, err), base);
    } catch (RuntimeException e) {
      base.close();
      throw e;
    }
  }

  /** Positions of the base model: the most tokens that a line may have. */
  public int positions() {
    return base.model().config().positions();
  }

  /**
   * Features and log P of lines.
   *
   * @param logProbs log-probabilities under the verb's own model, in nats
   */
  public List<JsonObject> score(List<TokenizedText> lines, double[] logProbs) {
    double[] logBases = base.borrowed() ? logProbs : logBases(lines);
    double[][] values =
        target.featureValues(
            lines.stream()
                .map(line -> new Text(Objects.requireNonNull(line.text()), line.tokens().length))
                .toList());
    List<JsonObject> scored = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      JsonObject features = new JsonObject();
      for (int j = 0; j < values[i].length; j++) {
        features.addProperty(target.features().get(j).name(), values[i][j]);
      }
      double logTarget = target.logTarget(logBases[i], values[i]);
      JsonObject json = lines.get(i).json(logProbs[i]);
      json.add("features", features);
      json.addProperty("logP", logTarget == Double.NEGATIVE_INFINITY ? null : logTarget);
      scored.add(json);
    }
    return scored;
  }

  private double[] logBases(List<TokenizedText> lines) {
    return new SequenceScores(base.model().languageModel(), Math.max(1, lines.size()))
        .logProbs(base.model().config().beginning(), TokenizedText.tokens(lines));
  }

  @Override
  public void close() {
    target.close();
    base.close();
  }
}

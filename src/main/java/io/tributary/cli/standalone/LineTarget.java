package io.tributary.cli.standalone;

import io.tributary.config.EffectiveConfig;
import io.tributary.data.BadInputException;
import io.tributary.model.SequenceScores;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Text;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The target of a configuration, to compute features and log P of given sequences. */
public final class LineTarget implements AutoCloseable {
  private final EnergyBasedModel target;
  private final TargetBaseModel base;

  private LineTarget(EnergyBasedModel target, TargetBaseModel base) {
    this.target = target;
    this.base = base;
  }

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
      return new LineTarget(StandaloneTarget.of(config, base.model(), lambdas, err), base);
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
  List<SequenceJson.OfTarget> score(List<ScoreInput.Line> lines, double[] logProbs) {
    double[] logBases = base.borrowed() ? logProbs : logBases(lines);
    double[][] values =
        target.featureValues(
            lines.stream()
                .map(line -> new Text(Objects.requireNonNull(line.text()), line.tokens().length))
                .toList());
    SequenceJson.OfTarget[] scored = new SequenceJson.OfTarget[lines.size()];
    for (int i = 0; i < scored.length; i++) {
      double logTarget = target.logTarget(logBases[i], values[i]);
      scored[i] =
          new SequenceJson.OfTarget(
              lines.get(i).text(),
              lines.get(i).tokens(),
              logProbs[i],
              byName(values[i]),
              logTarget == Double.NEGATIVE_INFINITY ? null : logTarget);
    }
    return List.of(scored);
  }

  private double[] logBases(List<ScoreInput.Line> lines) {
    return new SequenceScores(base.model().languageModel(), Math.max(1, lines.size()))
        .logProbs(
            base.model().config().beginning(),
            lines.stream().map(ScoreInput.Line::tokens).toList());
  }

  private Map<String, Double> byName(double[] values) {
    Map<String, Double> features = new LinkedHashMap<>();
    List<Feature> named = target.features();
    for (int i = 0; i < values.length; i++) {
      features.put(named.get(i).name(), values[i]);
    }
    return features;
  }

  @Override
  public void close() {
    target.close();
    base.close();
  }
}

package io.tributary.cli;

import com.google.gson.JsonObject;
import io.tributary.cli.ScoreInput.Line;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.ModelConfig;
import io.tributary.data.BadInputException;
import io.tributary.model.ModelDirectory;
import io.tributary.model.SequenceScores;
import io.tributary.target.Feature;
import io.tributary.target.Target;
import io.tributary.target.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a configuration's target says about lines: features and log P. */
final class LineTarget implements AutoCloseable {
  private final Target target;
  private final LoadedModel model;
  private final @Nullable LoadedModel base;

  private LineTarget(Target target, LoadedModel model, @Nullable LoadedModel base) {
    this.target = target;
    this.model = model;
    this.base = base;
  }

  /**
   * The target of a configuration, with the base model that it names, or else with {@code model}.
   *
   * @param fit where its lambdas come from
   * @throws BadInputException if the base model can't be used or has other tokens, or {@code model}
   *     has no tokenizer, since features look at text
   */
  static LineTarget of(
      EffectiveConfig config, LoadedModel model, ModelOptions options, FitOptions fit) {
    model.requireTokenizer();
    Optional<Path> named =
        config.baseModel().map(ModelConfig::base).filter(path -> !isSame(path, model.path()));
    if (named.isEmpty()) {
      return new LineTarget(fit.target(config, model, options.device()), model, null);
    }
    int vocabulary = ModelDirectory.open(named.get()).config().vocabulary();
    if (vocabulary != model.config().vocabulary()) {
      throw new BadInputException(
          "model.base = %s has a vocabulary of %,d, %s one of %,d; expected models of the same tokens"
              .formatted(named.get(), vocabulary, model.path(), model.config().vocabulary()));
    }
    LoadedModel base = options.load(named.get());
    return new LineTarget(fit.target(config, base, options.device()), model, base);
  }

  private static boolean isSame(Path a, Path b) {
    try {
      return Files.isSameFile(a, b);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tokens that the base model has room for. */
  int positions() {
    return (base == null ? model : base).config().positions();
  }

  /**
   * log a of sequences, in nats.
   *
   * @param logProbs the same under the model
   */
  double[] logBases(List<int[]> tokens, double[] logProbs) {
    return base == null
        ? logProbs
        : new SequenceScores(base.gpt(), Math.max(1, tokens.size()))
            .logProbs(base.config().beginning(), tokens);
  }

  /**
   * Values of the features.
   *
   * @return (lines, features)
   */
  double[][] featureValues(List<Line> lines) {
    return target.featureValues(
        lines.stream()
            .map(line -> new Text(Objects.requireNonNull(line.text()), line.tokens().length))
            .toList());
  }

  /** Adds features and log P of a line. */
  SequenceJson describe(SequenceJson json, double[] values, double logBase) {
    JsonObject features = new JsonObject();
    List<Feature> named = target.features();
    for (int i = 0; i < values.length; i++) {
      features.addProperty(named.get(i).name(), values[i]);
    }
    return json.with(features, target.logTarget(logBase, values));
  }

  @Override
  public void close() {
    if (base != null) {
      base.close();
    }
  }
}

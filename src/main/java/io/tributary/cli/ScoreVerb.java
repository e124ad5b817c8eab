package io.tributary.cli;

import io.tributary.cli.standalone.LineTarget;
import io.tributary.cli.standalone.LoadedModel;
import io.tributary.cli.standalone.ScoreInput;
import io.tributary.cli.standalone.TokenizedText;
import io.tributary.data.BadInputException;
import io.tributary.model.SequenceScores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Computes log-probabilities of given sequences. */
@Command(
    name = "score",
    header = "Scores given sequences.",
    description = {
      "Prints the log-probability of each line of the input under a model and, "
          + "with -c, its features and log P: one JSON object per line, in the order of"
          + " the input.",
      "",
      "A line is text, or JSON if it begins with {: {\"tokens\": [...]} or "
          + "{\"text\": \"...\"}. The model's bos_token_id is prepended and nothing is "
          + "appended, so exactly the given tokens are scored. An empty line is a "
          + "sequence of no tokens, with log-probability 0.",
      "",
      "text      the text; null if the model has no tokenizer.json",
      "tokens    the scored tokens",
      "logProb   the sum of their log-probabilities, in nats",
      "features  with -c: the value of each feature of the target, by name",
      "logP      with -c: log P(x) in nats, where P(x) is the base model times "
          + "the factors of the target; null if P(x) = 0. The base model is model.base "
          + "of the configuration, or else --model",
      ""
    })
final class ScoreVerb extends Verb {
  /** Tokens of a batch, padding included: the memory of attention grows with them. */
  private static final int MAX_TOKENS = 4096;

  @Mixin private ModelOptions modelOptions = new ModelOptions();

  @ArgGroup(exclusive = false)
  private @Nullable ConfigOptions config;

  @Mixin private FitOptions fit = new FitOptions();

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "File with the lines, in UTF-8. Default: standard input.")
  private @Nullable Path input;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description =
          "Lines scored at once, fewer if they are long; with 1, each line is "
              + "answered before the next is read. Default: ${DEFAULT-VALUE}.")
  private int batchSize = 64;

  @Override
  public Integer call() {
    if (batchSize < 1) {
      throw new BadInputException("--batch-size = %d: expected at least 1".formatted(batchSize));
    }
    try (LoadedModel model = modelOptions.load();
        LineTarget target =
            config == null ? null : LineTarget.of(config.read(), model, fit.file(), err())) {
      int positions =
          target == null
              ? model.config().positions()
              : Math.min(model.config().positions(), target.positions());
      try (ScoreInput lines = ScoreInput.open(input, model, positions)) {
        score(lines, model, target);
      }
    }
    return Tributary.DONE;
  }

  /** Scores the lines, a bounded number at a time, and prints them in their order. */
  private void score(ScoreInput lines, LoadedModel model, @Nullable LineTarget target) {
    SequenceScores scores = new SequenceScores(model.languageModel(), batchSize);
    List<TokenizedText> batch = new ArrayList<>();
    int longest = 0;
    try {
      for (TokenizedText line = lines.next(); line != null; line = lines.next()) {
        int length = line.tokens().length;
        if (Math.max(longest, length) * (batch.size() + 1) > MAX_TOKENS) {
          print(batch, scores, model, target);
          longest = 0;
        }
        batch.add(line);
        longest = Math.max(longest, length);
        if (batch.size() == batchSize) {
          print(batch, scores, model, target);
          longest = 0;
        }
      }
    } catch (BadInputException e) {
      print(batch, scores, model, target); // the lines before the bad one
      throw e;
    }
    print(batch, scores, model, target);
  }

  private void print(
      List<TokenizedText> batch,
      SequenceScores scores,
      LoadedModel model,
      @Nullable LineTarget target) {
    double[] logProbs = scores.logProbs(model.config().beginning(), TokenizedText.tokens(batch));
    for (int i = 0; i < logProbs.length && target == null; i++) {
      out().println(batch.get(i).json(logProbs[i]));
    }
    if (target != null) {
      target.score(batch, logProbs).forEach(out()::println);
    }
    out().flush();
    batch.clear();
  }
}

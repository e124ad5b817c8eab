package io.tributary.cli;

import io.tributary.cli.console.ScoreInput;
import io.tributary.cli.console.ScoreInput.Line;
import io.tributary.cli.console.SequenceJson;
import io.tributary.cli.options.ConfigOptions;
import io.tributary.cli.options.FitOptions;
import io.tributary.cli.options.LineTarget;
import io.tributary.cli.options.LoadedModel;
import io.tributary.cli.options.ModelOptions;
import io.tributary.data.BadInputException;
import io.tributary.model.SequenceScores;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Log-probabilities of given sequences. */
@Command(
    name = "score",
    description = {
      "Prints the log-probability of each line of the input under a model, and with -c its "
          + "features and log P: one JSON object a line, in the order of the input.",
      "",
      "A line is text, or JSON if it begins with {: {\"tokens\": [...]} or {\"text\": \"...\"}. "
          + "The model's bos_token_id is put in front; exactly the given tokens are scored and "
          + "nothing is appended. An empty line is a sequence without tokens, of log-probability "
          + "0.",
      "",
      "text      the text; null if the model has no tokenizer.json",
      "tokens    the tokens that were scored",
      "logProb   sum of their log-probabilities, in nats",
      "features  with -c: value of each of the target's features, by name",
      "logP      with -c: log P in nats, the target's features times the base model, which is "
          + "model.base of the configuration if it names one, else --model; null where P = 0",
      ""
    })
final class Score implements Callable<Integer> {
  /** Tokens, padding included, that are computed at once: attention grows with their product. */
  private static final int MAX_TOKENS = 4096;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ModelOptions modelOptions;

  @ArgGroup(exclusive = false)
  private @Nullable ConfigOptions config;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private FitOptions fitOptions;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "The lines, in UTF-8. Default: standard input.")
  private @Nullable Path input;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description =
          "Lines that are computed at once, fewer if they are long; with 1 each line is answered "
              + "before the next is read. Default: ${DEFAULT-VALUE}.")
  private int batchSize = 64;

  @Override
  public Integer call() {
    if (batchSize < 1) {
      throw new BadInputException("--batch-size = %d: expected at least 1".formatted(batchSize));
    }
    try (LoadedModel model = modelOptions.load();
        LineTarget target =
            config == null ? null : LineTarget.of(config.read(), model, modelOptions, fitOptions)) {
      int positions =
          target == null
              ? model.config().positions()
              : Math.min(model.config().positions(), target.positions());
      try (ScoreInput lines = ScoreInput.open(input, model, positions)) {
        new Batches(model, target, spec.commandLine().getOut()).score(lines);
      }
    }
    return Tributary.DONE;
  }

  /** Lines, a bounded number at a time. */
  private final class Batches {
    private final LoadedModel model;
    private final @Nullable LineTarget target;
    private final PrintWriter out;
    private final SequenceScores scores;
    private List<Line> batch = new ArrayList<>();
    private int longest;

    Batches(LoadedModel model, @Nullable LineTarget target, PrintWriter out) {
      this.model = model;
      this.target = target;
      this.out = out;
      this.scores = new SequenceScores(model.languageModel(), batchSize);
    }

    void score(ScoreInput lines) {
      try {
        for (Line line = lines.next(); line != null; line = lines.next()) {
          add(line);
        }
      } catch (BadInputException e) {
        print(); // what came before the bad line
        throw e;
      }
      print();
    }

    private void add(Line line) {
      int newLongest = Math.max(longest, line.tokens().length);
      if (newLongest * (batch.size() + 1) > MAX_TOKENS) {
        print();
      }
      batch.add(line);
      longest = Math.max(longest, line.tokens().length);
      if (batch.size() == batchSize) {
        print();
      }
    }

    private void print() {
      List<int[]> tokens = batch.stream().map(Line::tokens).toList();
      double[] logProbs = scores.logProbs(model.config().beginning(), tokens);
      double[] logBases = target == null ? logProbs : target.logBases(tokens, logProbs);
      double[][] features = target == null ? new double[0][] : target.featureValues(batch);
      for (int i = 0; i < logProbs.length; i++) {
        Line line = batch.get(i);
        SequenceJson json = new SequenceJson(line.text(), line.tokens(), logProbs[i]);
        (target == null ? json : target.describe(json, features[i], logBases[i])).print(out);
      }
      out.flush();
      batch = new ArrayList<>();
      longest = 0;
    }
  }
}

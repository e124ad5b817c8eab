package io.tributary.cli.standalone;

import io.tributary.data.BadInputException;
import io.tributary.model.SequenceScores;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scores the lines of an input, a bounded number at a time, and prints them in its order. */
public final class LineScorer {
  /** Tokens of a batch, padding included: the memory of attention grows with them. */
  private static final int MAX_TOKENS = 4096;

  private final LoadedModel model;
  private final @Nullable LineTarget target;
  private final int batchSize;
  private final PrintWriter out;
  private final SequenceScores scores;
  private List<ScoreInput.Line> batch = new ArrayList<>();
  private int longest;

  /**
   * @param target null to compute log-probabilities only
   * @param batchSize lines scored at once, fewer if they are long
   */
  public LineScorer(
      LoadedModel model, @Nullable LineTarget target, int batchSize, PrintWriter out) {
    this.model = model;
    this.target = target;
    this.batchSize = batchSize;
    this.out = out;
    this.scores = new SequenceScores(model.languageModel(), batchSize);
  }

  /**
   * Scores all lines.
   *
   * @throws BadInputException for a bad line, after those before it were printed
   */
  public void score(ScoreInput lines) {
    try {
      for (ScoreInput.Line line = lines.next(); line != null; line = lines.next()) {
        add(line);
      }
    } catch (BadInputException e) {
      print();
      throw e;
    }
    print();
  }

  private void add(ScoreInput.Line line) {
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
    double[] logProbs =
        scores.logProbs(
            model.config().beginning(), batch.stream().map(ScoreInput.Line::tokens).toList());
    if (target == null) {
      for (int i = 0; i < logProbs.length; i++) {
        ScoreInput.Line line = batch.get(i);
        out.println(new SequenceJson.OfModel(line.text(), line.tokens(), logProbs[i]).json());
      }
    } else {
      target.score(batch, logProbs).forEach(scored -> out.println(scored.json()));
    }
    out.flush();
    batch = new ArrayList<>();
    longest = 0;
  }
}

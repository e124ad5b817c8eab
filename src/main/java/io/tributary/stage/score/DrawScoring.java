package io.tributary.stage.score;

import io.tributary.data.Draw;
import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import io.tributary.model.LanguageModel;
import io.tributary.model.SequenceScores;
import io.tributary.model.TextTokenizer;
import io.tributary.model.TokenScores;
import io.tributary.target.Target;
import io.tributary.target.feature.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Scores draws with a scorer's own frozen copy of the base model: features, log a(x), log P(x). For
 * one thread.
 */
public final class DrawScoring implements AutoCloseable {
  private static final double[] NONE = {};

  private final LanguageModel base;
  private final SequenceScores scores;
  private final TextTokenizer tokenizer;
  private final Target target;
  private final int[] prefix;
  private final boolean keepsTokens;

  /**
   * @param base the base model a; closed with this
   * @param tokenizer decodes sequences for the features
   * @param prefix tokens that every sequence follows
   * @param maxRows sequences that are computed at once
   * @param keepsTokens whether log a is kept of each token, too
   */
  public DrawScoring(
      LanguageModel base,
      TextTokenizer tokenizer,
      Target target,
      int[] prefix,
      int maxRows,
      boolean keepsTokens) {
    this.base = base;
    this.scores = new SequenceScores(base, maxRows);
    this.tokenizer = tokenizer;
    this.target = target;
    this.prefix = prefix;
    this.keepsTokens = keepsTokens;
  }

  private record Featured(Sequence sequence, String text, double[] features) {}

  /**
   * Scores every sequence of a draw; a sequence on which a feature fails is left out.
   *
   * @param failed told of a sequence that a feature failed on
   * @param progress called after the features, and after every group of sequences that the base
   *     model computes at once
   */
  public ScoredDraw score(
      Draw draw, BiConsumer<Sequence, RuntimeException> failed, Runnable progress) {
    List<Sequence> sequences = draw.sequences();
    List<Text> texts =
        sequences.stream()
            .map(s -> new Text(tokenizer.decode(s.tokens()), s.tokens().length))
            .toList();
    List<Featured> featured = new ArrayList<>();
    target
        .featureValues(texts, (j, e) -> failed.accept(sequences.get(j), e))
        .forEach(
            (j, values) ->
                featured.add(new Featured(sequences.get(j), texts.get(j).text(), values)));
    progress.run();
    List<TokenScores> bases =
        scores.tokens(prefix, featured.stream().map(f -> f.sequence().tokens()).toList(), progress);
    List<ScoredSequence> scored = new ArrayList<>();
    for (int i = 0; i < featured.size(); i++) {
      Featured f = featured.get(i);
      double logBase = bases.get(i).logProb();
      scored.add(
          new ScoredSequence(
              f.sequence(),
              f.text(),
              f.features(),
              logBase,
              keepsTokens ? bases.get(i).logProbs() : NONE,
              target.logTarget(logBase, f.features())));
    }
    return new ScoredDraw(draw.number(), scored, draw.sequences().size() - scored.size());
  }

  @Override
  public void close() {
    base.close();
  }
}

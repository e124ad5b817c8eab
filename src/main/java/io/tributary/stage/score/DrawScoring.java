package io.tributary.stage.score;

import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import io.tributary.model.LanguageModel;
import io.tributary.model.SequenceScores;
import io.tributary.model.TextTokenizer;
import io.tributary.model.guide.MilestoneScores;
import io.tributary.model.guide.TokenGuide;
import io.tributary.target.Decision;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.SequenceFeatures;
import io.tributary.target.SequenceFeatures.Featured;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Scores draws with a scorer's own frozen copy of the base model: features, log a(x), log P(x). Not
 * thread-safe.
 */
public final class DrawScoring implements AutoCloseable {
  private static final double[] NONE = {};

  /** What is kept of each sequence. */
  public enum Detail {
    /** Its features, log a(x) and log P(x). */
    SEQUENCES,
    /** And log a of each token. */
    TOKENS,
    /** And, of those to train on, the token at which P(x)/a(x) is decided. */
    DECISIONS,
    /** And, of those to train on, the milestones of the guide. */
    MILESTONES
  }

  private final LanguageModel base;
  private final SequenceScores scores;
  private final SequenceScores windowScores;
  private final int windowRows;
  private final EnergyBasedModel target;
  private final SequenceFeatures features;
  private final int[] prefix;
  private final Detail detail;
  private final TokenGuide guide;

  /**
   * @param base the base model a; closed with this
   * @param tokenizer decodes sequences for the features
   * @param target its lambdas are ignored: they come with each order
   * @param prefix tokens that every sequence follows
   * @param maxRows sequences that are computed at once
   * @param windowRows the same for windows, and for the features of any draw
   * @param detail what is kept of each sequence
   * @param guide has the milestones
   */
  public DrawScoring(
      LanguageModel base,
      TextTokenizer tokenizer,
      EnergyBasedModel target,
      int[] prefix,
      int maxRows,
      int windowRows,
      Detail detail,
      TokenGuide guide) {
    this.base = base;
    this.scores = new SequenceScores(base, maxRows);
    this.windowRows = windowRows;
    this.windowScores = new SequenceScores(base, windowRows);
    this.target = target;
    this.features = new SequenceFeatures(tokenizer, target);
    this.prefix = prefix;
    this.detail = detail;
    this.guide = guide;
  }

  /**
   * Scores every sequence of a draw; those on which a feature fails are dropped.
   *
   * @param lambdas of the target, by feature
   * @param progress called after every group of sequences whose features, or whose log a, are
   *     computed at once
   */
  public ScoredDraw score(Draw draw, Map<String, Double> lambdas, Runnable progress) {
    EnergyBasedModel fitted = target.withLambdas(lambdas);
    Decision decision = new Decision(features.tokenizer(), fitted);
    boolean keepsTokens = detail != Detail.SEQUENCES;
    boolean trains = draw.purpose() == DrawOrder.Purpose.TRAINING;
    boolean decides = trains && (detail == Detail.DECISIONS || detail == Detail.MILESTONES);
    List<Featured> featured = featured(draw, progress);
    List<Sequence> sequences = featured.stream().map(f -> draw.sequences().get(f.index())).toList();
    List<MilestoneScores> bases =
        (draw.purpose() == DrawOrder.Purpose.WINDOW ? windowScores : scores)
            .milestones(
                prefix,
                sequences.stream().map(Sequence::tokens).toList(),
                trains && detail == Detail.MILESTONES ? guide : TokenGuide.NONE,
                progress);
    List<ScoredSequence> scored = new ArrayList<>();
    for (int i = 0; i < featured.size(); i++) {
      double[] values = featured.get(i).values();
      double logBase = bases.get(i).logProb();
      int[] tokens = sequences.get(i).tokens();
      String text = featured.get(i).text().text();
      scored.add(
          new ScoredSequence(
              sequences.get(i),
              text,
              values,
              logBase,
              keepsTokens ? bases.get(i).logProbs() : NONE,
              bases.get(i).milestones(),
              fitted.logTarget(logBase, values),
              decides ? decision.of(tokens, text) : tokens.length));
    }
    return new ScoredDraw(draw.number(), scored, draw.sequences().size() - scored.size());
  }

  /**
   * Computes the features of every sequence of a draw; those on which one fails are dropped.
   *
   * @param progress called after every group of sequences
   */
  public DrawFeatures features(Draw draw, Runnable progress) {
    List<double[]> values = featured(draw, progress).stream().map(Featured::values).toList();
    return new DrawFeatures(draw.number(), values, draw.sequences().size() - values.size());
  }

  private List<Featured> featured(Draw draw, Runnable progress) {
    return features.of(
        draw.sequences().stream().map(Sequence::tokens).toList(),
        draw.key().toString(),
        windowRows,
        progress);
  }

  @Override
  public void close() {
    base.close();
  }
}

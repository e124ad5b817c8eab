package io.tributary.model;

import ai.djl.ndarray.NDArray;
import io.tributary.data.GuidedScores;
import io.tributary.model.guide.MilestoneScores;
import io.tributary.model.guide.TokenGuide;
import io.tributary.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Teacher-forced log-probabilities of sequences and their tokens under a model. */
public final class SequenceScores {
  private static final TokenScores NONE = new TokenScores(new double[0], new double[0]);

  private final LanguageModel model;
  private final OutputLayer output;
  private final @Nullable ValueHead valueHead;
  private final int maxRows;
  private final double temperature;

  /** Without a value head. */
  public SequenceScores(LanguageModel model, int maxRows) {
    this(model, null, maxRows);
  }

  /**
   * Of the tempered model.
   *
   * @param temperature logits are divided by it
   */
  public SequenceScores(LanguageModel model, int maxRows, double temperature) {
    this(model, null, maxRows, temperature);
  }

  /**
   * @param valueHead value function on its hidden states; null for none
   * @param maxRows sequences that are computed at once
   */
  public SequenceScores(LanguageModel model, @Nullable ValueHead valueHead, int maxRows) {
    this(model, valueHead, maxRows, 1);
  }

  private SequenceScores(
      LanguageModel model, @Nullable ValueHead valueHead, int maxRows, double temperature) {
    this.temperature = temperature;
    this.model = model;
    this.output = new OutputLayer(model.output());
    this.valueHead = valueHead;
    this.maxRows = maxRows;
  }

  /**
   * log m(x | prefix) of each sequence in nats: the sum over exactly its tokens, in double
   * precision.
   *
   * @param prefix at least one token (BOS, or a prompt)
   * @param sequences token ids; padding is added here and contributes nothing; an empty sequence
   *     scores 0
   */
  public double[] logProbs(int[] prefix, List<int[]> sequences) {
    return logProbs(prefix, sequences, () -> {});
  }

  /** As {@link #logProbs(int[], List)}; {@code progress} as in {@link #tokens}. */
  public double[] logProbs(int[] prefix, List<int[]> sequences, Runnable progress) {
    return TokenScores.logProbs(tokens(prefix, sequences, progress));
  }

  /**
   * Log-probabilities, and values if there is a value head, of each token of each sequence.
   *
   * <p>Prefix and sequences as in {@link #logProbs(int[], List)}.
   *
   * @param progress called after every group of sequences that is computed at once
   */
  public List<TokenScores> tokens(int[] prefix, List<int[]> sequences, Runnable progress) {
    List<TokenScores> scores = new ArrayList<>(Collections.nCopies(sequences.size(), NONE));
    for (int[] rows : byLength(sequences, maxRows)) {
      int[] scored = IntStream.of(rows).filter(i -> sequences.get(i).length > 0).toArray();
      if (scored.length == 0) {
        continue;
      }
      List<int[]> part = IntStream.of(scored).mapToObj(sequences::get).toList();
      List<TokenScores> partial = Torch.scoped(() -> pass(prefix, part));
      for (int j = 0; j < scored.length; j++) {
        scores.set(scored[j], partial.get(j));
      }
      progress.run();
    }
    return scores;
  }

  /**
   * What is needed for the log-probability of each sequence under this model with a guide.
   *
   * <p>Prefix, sequences and progress as in {@link #tokens}; no sequence is empty.
   */
  public List<GuidedScores> guided(
      int[] prefix, List<int[]> sequences, TokenGuide guide, Runnable progress) {
    return inGroups(sequences, part -> guidedPass(prefix, part, guide), progress);
  }

  /**
   * Log-probabilities of each token of each sequence, and the probabilities of its milestones.
   *
   * <p>Prefix, sequences and progress as in {@link #tokens}; no sequence is empty.
   */
  public List<MilestoneScores> milestones(
      int[] prefix, List<int[]> sequences, TokenGuide guide, Runnable progress) {
    return inGroups(sequences, part -> milestonePass(prefix, part, guide), progress);
  }

  /** The results of passes over groups of similar length, in the order of the sequences. */
  private <T> List<T> inGroups(
      List<int[]> sequences, Function<List<int[]>, List<T>> pass, Runnable progress) {
    Map<Integer, T> results = new TreeMap<>();
    for (int[] rows : byLength(sequences, maxRows)) {
      List<int[]> part = IntStream.of(rows).mapToObj(sequences::get).toList();
      List<T> partial = Torch.scoped(() -> pass.apply(part));
      for (int j = 0; j < rows.length; j++) {
        results.put(rows[j], partial.get(j));
      }
      progress.run();
    }
    return List.copyOf(results.values());
  }

  private List<MilestoneScores> milestonePass(
      int[] prefix, List<int[]> sequences, TokenGuide guide) {
    SequenceBatch batch = new SequenceBatch(prefix, sequences, model.config());
    NDArray hidden = tempered(batch.hidden(model, 0));
    OutputLayer.TokenLogProbs found = output.logProbs(hidden, batch.targets());
    double[][] probabilities =
        output.probabilities(
            hidden,
            sequences.stream()
                .flatMap(tokens -> Arrays.stream(guide.milestonesBefore(tokens)))
                .toArray(int[][]::new),
            found.logNormalisers());
    List<MilestoneScores> scores = new ArrayList<>();
    int from = 0;
    for (double[] logProbs : batch.bySequence(found.logProbs())) {
      int to = from + logProbs.length;
      double[][] own = Arrays.copyOfRange(probabilities, from, to);
      scores.add(new MilestoneScores(logProbs, MilestoneScores.flat(own)));
      from = to;
    }
    return scores;
  }

  private List<GuidedScores> guidedPass(int[] prefix, List<int[]> sequences, TokenGuide guide) {
    SequenceBatch batch = new SequenceBatch(prefix, sequences, model.config());
    NDArray hidden = tempered(batch.hidden(model, 0));
    OutputLayer.TokenLogProbs found = output.logProbs(hidden, batch.targets());
    List<int[][]> raised = sequences.stream().map(guide::raisedBefore).toList();
    double[] masses =
        Arrays.stream(
                output.probabilities(
                    hidden,
                    raised.stream().flatMap(Arrays::stream).toArray(int[][]::new),
                    found.logNormalisers()))
            .mapToDouble(probabilities -> Arrays.stream(probabilities).sum())
            .toArray();
    List<double[]> logProbs = batch.bySequence(found.logProbs());
    List<double[]> massesBySequence = batch.bySequence(masses);
    return IntStream.range(0, sequences.size())
        .mapToObj(
            i ->
                new GuidedScores(
                    logProbs.get(i),
                    massesBySequence.get(i),
                    raisedTokens(sequences.get(i), raised.get(i))))
        .toList();
  }

  private static boolean[] raisedTokens(int[] tokens, int[][] raised) {
    boolean[] among = new boolean[tokens.length];
    for (int t = 0; t < tokens.length; t++) {
      among[t] = Arrays.binarySearch(raised[t], tokens[t]) >= 0;
    }
    return among;
  }

  private NDArray tempered(NDArray hidden) {
    return temperature == 1 ? hidden : hidden.div(temperature);
  }

  private List<TokenScores> pass(int[] prefix, List<int[]> sequences) {
    SequenceBatch batch = new SequenceBatch(prefix, sequences, model.config());
    NDArray hidden = batch.hidden(model, 0);
    return TokenScores.of(
        batch,
        output.logProbs(tempered(hidden), batch.targets()).logProbs(),
        valueHead == null ? new double[0] : valueHead.values(hidden));
  }

  /**
   * Indices of the sequences in groups of at most {@code size}, of similar length, so that little
   * is padding.
   */
  public static List<int[]> byLength(List<int[]> sequences, int size) {
    int[] order =
        IntStream.range(0, sequences.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> sequences.get(i).length))
            .mapToInt(Integer::intValue)
            .toArray();
    List<int[]> groups = new ArrayList<>();
    for (int from = 0; from < order.length; from += size) {
      groups.add(Arrays.copyOfRange(order, from, Math.min(order.length, from + size)));
    }
    return groups;
  }
}

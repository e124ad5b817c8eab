package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tributary.model.guide.TokenGuide;
import io.tributary.tensor.Ops;
import io.tributary.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Draws sequences token by token from a model, with a key-value cache, and records their
 * log-probability.
 *
 * <p>Rows that have ended are taken out of the computation once they are a quarter of it. Each row
 * takes one number from the generator per position whether or not it has ended, so that a draw
 * depends on nothing but the weights and the generator.
 */
public final class AncestralSampler {
  private static final double KEEP_SHARE = 0.75;

  private final LanguageModel model;
  private final SamplingSettings settings;
  private final OutputLayer output;
  private final List<Integer> endTokens;
  private final TokenGuide guide;
  private final double strength;

  /** Without a guide. */
  public AncestralSampler(LanguageModel model, SamplingSettings settings) {
    this(model, settings, TokenGuide.NONE, 0);
  }

  /**
   * @param guide raises tokens, where sampling is not truncated
   * @param strength by this much, in nats
   */
  public AncestralSampler(
      LanguageModel model, SamplingSettings settings, TokenGuide guide, double strength) {
    if (settings.truncated() && strength != 0) {
      throw new IllegalArgumentException("a guided model is sampled whole");
    }
    this.guide = strength == 0 ? TokenGuide.NONE : guide;
    this.strength = strength;
    this.model = model;
    this.settings = settings;
    this.output = new OutputLayer(model.output());
    this.endTokens = model.config().endTokens();
  }

  /**
   * A drawn sequence.
   *
   * @param tokens what follows the prefix, EOS included if it was drawn
   * @param tokenLogProbs log-probability of each token in nats under the distribution that it was
   *     drawn from
   */
  public record Sampled(int[] tokens, double[] tokenLogProbs) {

    /** Log-probability of the sequence in nats: the sum over its tokens, in double precision. */
    public double logProb() {
      return Arrays.stream(tokenLogProbs).sum();
    }
  }

  /**
   * Draws {@code n} sequences after one prefix.
   *
   * @param prefix what comes before each sequence, at least one token
   * @param random source of one number per row and position
   * @param progress called after every token
   * @throws IllegalArgumentException if the prefix and {@code maxLength} do not fit into the
   *     model's positions
   */
  public List<Sampled> draw(int[] prefix, int n, RandomGenerator random, Runnable progress) {
    int capacity = prefix.length + settings.maxLength() - 1;
    if (capacity > model.config().positions()) {
      throw new IllegalArgumentException(
          "a prefix of %d tokens and max-length = %d need %d positions, the model has %d"
              .formatted(
                  prefix.length, settings.maxLength(), capacity, model.config().positions()));
    }
    return Torch.scoped(() -> new Rows(prefix, n, capacity).run(random, progress));
  }

  /** The rows of one draw: all of them, and those still in the computation. */
  private final class Rows {
    private final int n;
    private final int[][] tokens;
    private final int[] lengths;
    private final double[][] logProbs;
    private final boolean[] ended;
    private final TokenGuide.State[] states;
    private int[] active;
    private final KeyValueCache cache;
    private long[] inputs;
    private int inputLength;

    Rows(int[] prefix, int n, int capacity) {
      this.n = n;
      this.tokens = new int[n][settings.maxLength()];
      this.lengths = new int[n];
      this.logProbs = new double[n][settings.maxLength()];
      this.ended = new boolean[n];
      this.states = new TokenGuide.State[n];
      Arrays.fill(states, guide.start());
      this.active = IntStream.range(0, n).toArray();
      this.cache = new KeyValueCache(model, n, capacity);
      this.inputLength = prefix.length;
      this.inputs =
          IntStream.range(0, n).flatMap(row -> Arrays.stream(prefix)).asLongStream().toArray();
    }

    List<Sampled> run(RandomGenerator random, Runnable progress) {
      for (int position = 0; position < settings.maxLength() && active.length > 0; position++) {
        double[] uniforms = random.doubles(n).toArray();
        append(position, Torch.scoped(() -> choose(uniforms)));
        compact();
        progress.run();
      }
      return IntStream.range(0, n)
          .mapToObj(
              i ->
                  new Sampled(
                      Arrays.copyOf(tokens[i], lengths[i]), Arrays.copyOf(logProbs[i], lengths[i])))
          .toList();
    }

    private TokenChoice.Chosen choose(double[] uniforms) {
      NDArray last = lastHidden().div(settings.temperature()); // (B, D)
      double[] ofActive = IntStream.of(active).mapToDouble(i -> uniforms[i]).toArray();
      int vocabulary = model.config().vocabulary();
      if (settings.truncated()) {
        return TruncatedChoice.choose(output, vocabulary, last, ofActive, settings);
      }
      return guide.isEmpty()
          ? TokenChoice.choose(output, vocabulary, last, ofActive)
          : GuidedChoice.choose(output, vocabulary, last, ofActive, raised(), strength);
    }

    private int[][] raised() {
      return IntStream.of(active).mapToObj(row -> guide.raised(states[row])).toArray(int[][]::new);
    }

    private NDArray lastHidden() {
      NDManager manager = model.manager();
      int b = active.length;
      NDArray ids = manager.create(inputs, new Shape(b, inputLength)); // (B, T)
      NDArray hidden = model.hidden(ids, cache, 0); // (B T, D)
      if (inputLength == 1) {
        return hidden;
      }
      NDArray byRow = hidden.reshape(b, inputLength, model.config().width()); // (B, T, D)
      return Ops.slice(byRow, 1, inputLength - 1L, inputLength).squeeze(1); // (B, D)
    }

    private void append(int position, TokenChoice.Chosen chosen) {
      inputs = new long[active.length];
      inputLength = 1;
      for (int i = 0; i < active.length; i++) {
        int row = active[i];
        inputs[i] = chosen.tokens()[i];
        if (ended[row]) {
          continue;
        }
        tokens[row][position] = chosen.tokens()[i];
        lengths[row] = position + 1;
        logProbs[row][position] = chosen.logProbs()[i];
        states[row] = guide.after(states[row], chosen.tokens()[i]);
        ended[row] = settings.stopAtEos() && endTokens.contains(chosen.tokens()[i]);
      }
    }

    private void compact() {
      int[] alive = IntStream.range(0, active.length).filter(i -> !ended[active[i]]).toArray();
      if (alive.length > KEEP_SHARE * active.length) {
        return;
      }
      if (alive.length > 0) {
        cache.select(Arrays.stream(alive).asLongStream().toArray());
      }
      inputs = IntStream.of(alive).mapToLong(i -> inputs[i]).toArray();
      active = IntStream.of(alive).map(i -> active[i]).toArray();
    }
  }
}

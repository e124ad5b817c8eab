package io.tributary.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.tributary.tensor.Ops;
import io.tributary.tensor.Script;
import io.tributary.tensor.Torch;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The output layer: hidden states to log-probabilities of given tokens, and the gradient back.
 *
 * <p>Logits are never held for the whole vocabulary: blocks of them are computed, reduced and
 * dropped, which bounds memory and keeps a block in the processor's cache. The backward pass
 * computes them once more.
 */
/*
 * With h (N, D), W (V, D), z = h W', lse = log sum_v exp z_v:
 *
 *   log pi(t) = z_t - lse
 *   d/dz [ c (z_t - lse) ] = c (onehot(t) - softmax(z))         c: a constant of each token
 *   d/dz [ c KL(a||pi) ] = c (softmax(z) - a)                   a: another distribution of the token
 *
 * A block of z needs nothing but lse to give its part of the softmax, so that the gradient passes over blocks of columns:
 * dW of a block is written once, and dh accumulates in (N, D). The other way round, blocks of rows, would add a (V, D)
 * array per block.
 */
final class OutputLayer {
  /** Tokens of a group; see {@link #groups}. */
  static final int GROUP = 128;

  /** Values in one block of logits: 8 MiB of float32. */
  private static final int BLOCK_VALUES = 1 << 21;

  private static final int MIN_BLOCK = 512;

  private final NDArray weight;
  private final int vocabulary;
  private final int blockValues;
  private final int minBlock;

  /** The layer of these weights, (V, D). */
  OutputLayer(NDArray weight) {
    this(weight, BLOCK_VALUES, MIN_BLOCK);
  }

  /**
   * @param weight (V, D)
   * @param blockValues values in one block of logits
   * @param minBlock columns that a block has at least, whatever the number of its rows
   */
  OutputLayer(NDArray weight, int blockValues, int minBlock) {
    this.weight = weight;
    this.blockValues = blockValues;
    this.minBlock = minBlock;
    this.vocabulary = Math.toIntExact(weight.getShape().get(0));
  }

  /**
   * Log-probabilities of given tokens, and what the backward pass needs of them.
   *
   * @param logProbs log pi of each token, in nats
   * @param logNormalisers log sum_v exp z_v of each token's logits
   */
  record TokenLogProbs(double[] logProbs, double[] logNormalisers) {}

  /**
   * Log-probabilities of tokens; gradient mode must be off.
   *
   * @param hidden (N, D)
   * @param targets N tokens
   */
  TokenLogProbs logProbs(NDArray hidden, int[] targets) {
    double[] logNormalisers = logNormalisers(hidden);
    float[] targetLogits = targetLogits(hidden, targets);
    double[] logProbs = new double[targets.length];
    Arrays.setAll(logProbs, i -> Math.min(0, targetLogits[i] - logNormalisers[i]));
    return new TokenLogProbs(logProbs, logNormalisers);
  }

  /**
   * Probabilities of some tokens of each row; gradient mode must be off.
   *
   * @param hidden (N, D)
   * @param tokens of each row, any number
   * @param logNormalisers of each row, see {@link #logNormalisers}
   * @return as {@code tokens}
   */
  double[][] probabilities(NDArray hidden, int[][] tokens, double[] logNormalisers) {
    double[][] probabilities = new double[tokens.length][];
    List<int[]> sets = Arrays.stream(tokens).distinct().toList(); // rows share few arrays
    int[] asked = sets.stream().flatMapToInt(Arrays::stream).sorted().distinct().toArray();
    IdentityHashMap<int[], int[]> columns = new IdentityHashMap<>();
    sets.forEach(
        set ->
            columns.put(set, IntStream.of(set).map(t -> Arrays.binarySearch(asked, t)).toArray()));
    int rows = Math.max(1, blockValues / Math.max(1, asked.length));
    for (int from = 0; from < tokens.length; from += rows) {
      int to = Math.min(tokens.length, from + rows);
      float[] logits = asked.length == 0 ? new float[0] : logits(hidden, from, to, asked);
      for (int i = from; i < to; i++) {
        int row = (i - from) * asked.length;
        double logNormaliser = logNormalisers[i];
        probabilities[i] =
            IntStream.of(Objects.requireNonNull(columns.get(tokens[i])))
                .mapToDouble(column -> Math.exp(Math.min(0, logits[row + column] - logNormaliser)))
                .toArray();
      }
    }
    return probabilities;
  }

  private float[] logits(NDArray hidden, int from, int to, int[] tokens) {
    return Torch.scoped(
        () -> {
          NDArray ids = hidden.getManager().create(Arrays.stream(tokens).asLongStream().toArray());
          NDArray columns = Ops.embedding(ids, weight).transpose(); // (D, tokens)
          return Ops.slice(hidden, 0, from, to).matMul(columns).toFloatArray();
        });
  }

  /**
   * log sum_v exp z_v of each row; gradient mode must be off.
   *
   * @param hidden (N, D)
   * @return (N)
   */
  double[] logNormalisers(NDArray hidden) {
    int n = Math.toIntExact(hidden.getShape().get(0));
    double[] logNormalisers = new double[n];
    Arrays.fill(logNormalisers, Double.NEGATIVE_INFINITY);
    for (int from = 0; from < vocabulary; from += width(n)) {
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        Masses masses = masses(hidden, from, end(from, n));
        float[] shift = masses.max().toFloatArray();
        float[] sum = masses.sum().toFloatArray();
        for (int i = 0; i < n; i++) {
          logNormalisers[i] = logAdd(logNormalisers[i], shift[i] + Math.log(sum[i]));
        }
      }
    }
    return logNormalisers;
  }

  /**
   * Adds the gradient of {@code sum_i sum_t c_it log pi_i(t)} with respect to W to {@code
   * weightGradient}; gradient mode must be off.
   *
   * @param hidden (N, D)
   * @param terms c, of tokens t of each row i
   * @param logNormalisers of each row, see {@link #logNormalisers(NDArray)}
   * @param weightGradient (V, D)
   * @return gradient with respect to the hidden states, (N, D)
   */
  NDArray addGradient(
      NDArray hidden, LogProbTerms terms, double[] logNormalisers, NDArray weightGradient) {
    int n = logNormalisers.length;
    NDArray shift = column(hidden, logNormalisers); // (N, 1)
    NDArray negated = column(hidden, Arrays.stream(terms.sums()).map(c -> -c).toArray());
    NDArray hiddenGradient = hidden.zerosLike(); // (N, D)
    for (int from = 0; from < vocabulary; from += width(n)) {
      int to = end(from, n);
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        NDArray gradient = probs(hidden, shift, negated, from, to); // (N, block)
        terms.assign(gradient, from, to);
        backward(gradient, hidden, hiddenGradient, weightGradient, from, to);
      }
    }
    return hiddenGradient;
  }

  /**
   * Hidden states of some tokens with what makes their logits logarithms of probabilities.
   *
   * @param layer (V, D')
   * @param hidden (N, D')
   * @param logNormalisers (N)
   */
  record Distributions(OutputLayer layer, NDArray hidden, double[] logNormalisers) {

    /** Of the tokens that follow these hidden states. */
    static Distributions of(OutputLayer layer, NDArray hidden) {
      return new Distributions(layer, hidden, layer.logNormalisers(hidden));
    }

    /** Times factors, N of them; parameters as {@link OutputLayer#probs}. */
    private NDArray probs(NDArray normalisers, NDArray factors, int from, int to) {
      return layer.probs(hidden, normalisers, factors, from, to);
    }
  }

  /**
   * Adds the gradient of {@code sum_i c_i KL(a_i||pi_i)} with respect to W to {@code
   * weightGradient}; gradient mode must be off.
   *
   * @param teachers a, of N tokens
   * @param pupils pi, of the same tokens, with this layer
   * @param coefficients c, N of them
   * @param weightGradient (V, D)
   * @return gradient with respect to the hidden states, (N, D)
   */
  NDArray addDivergenceGradient(
      Distributions teachers, Distributions pupils, double[] coefficients, NDArray weightGradient) {
    int n = coefficients.length;
    NDArray ofTeachers = column(teachers.hidden(), teachers.logNormalisers()); // (N, 1)
    NDArray ofPupils = column(pupils.hidden(), pupils.logNormalisers());
    NDArray factors = column(pupils.hidden(), coefficients);
    NDArray hiddenGradient = pupils.hidden().zerosLike(); // (N, D)
    for (int from = 0; from < vocabulary; from += width(n)) {
      int to = end(from, n);
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        NDArray expected = teachers.probs(ofTeachers, factors, from, to); // (N, block)
        NDArray gradient = pupils.probs(ofPupils, factors, from, to).subi(expected);
        backward(gradient, pupils.hidden(), hiddenGradient, weightGradient, from, to);
      }
    }
    return hiddenGradient;
  }

  /**
   * Probabilities of tokens up to a factor of each row.
   *
   * @param exp exp(z - max z), (N, block), or (N, groups, {@link #GROUP}) filled up with zeros
   * @param max the largest logit of each row, (N, 1)
   * @param sum the sum of each row, (N, 1), or group, (N, groups), of {@code exp}
   */
  record Masses(NDArray exp, NDArray max, NDArray sum) {
    private static Masses of(NDList results) {
      return new Masses(results.get(0), results.get(1), results.get(2));
    }
  }

  /** Of tokens {@code [from, to)}; gradient mode must be off. */
  Masses masses(NDArray hidden, int from, int to) {
    return Masses.of(Scripts.MASSES.apply(hidden, Ops.slice(weight, 0, from, to)));
  }

  /** As {@link #masses}, in groups of {@link #GROUP} tokens. */
  Masses groups(NDArray hidden, int from, int to) {
    return Masses.of(Scripts.GROUPS.apply(hidden, Ops.slice(weight, 0, from, to)));
  }

  /** Probabilities of tokens {@code [from, to)} times the factor of each row, (N, to - from). */
  private NDArray probs(NDArray hidden, NDArray logNormalisers, NDArray factors, int from, int to) {
    return Scripts.WEIGHTED
        .apply(hidden, Ops.slice(weight, 0, from, to), logNormalisers, factors)
        .get(0);
  }

  /** Adds what the gradient of logits {@code [from, to)} gives to those of both their factors. */
  private void backward(
      NDArray gradient,
      NDArray hidden,
      NDArray hiddenGradient,
      NDArray weightGradient,
      int from,
      int to) {
    Scripts.BACKWARD.apply(
        gradient,
        hidden,
        Ops.slice(weight, 0, from, to),
        hiddenGradient,
        Ops.slice(weightGradient, 0, from, to));
  }

  /** Logits of tokens {@code [from, to)}, (N, to - from). */
  NDArray logits(NDArray hidden, int from, int to) {
    return hidden.matMul(Ops.slice(weight, 0, from, to).transpose());
  }

  private float[] targetLogits(NDArray hidden, int[] targets) {
    return Torch.scoped(
        () -> {
          NDArray ids = hidden.getManager().create(Arrays.stream(targets).asLongStream().toArray());
          return hidden.mul(Ops.embedding(ids, weight)).sum(new int[] {1}).toFloatArray();
        });
  }

  /** Values as a column of float32, (N, 1), on the device and of the manager of another array. */
  static NDArray column(NDArray like, double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return like.getManager().create(floats, new Shape(values.length, 1));
  }

  /** Number of columns of a block of logits for {@code n} rows. */
  private int width(int n) {
    return Math.max(minBlock, blockValues / n);
  }

  private int end(int from, int n) {
    return Math.min(vocabulary, from + width(n));
  }

  /** Compiled once, when the first pass needs them. */
  private static final class Scripts {
    static final Script MASSES = load("Masses", Map.of());
    static final Script GROUPS = load("Groups", Map.of("size", (long) GROUP));
    static final Script WEIGHTED = load("Weighted", Map.of());
    static final Script BACKWARD = load("Backward", Map.of());

    private Scripts() {}

    private static Script load(String type, Map<String, Object> attributes) {
      return Script.load(
          Torch.newManager(Device.cpu()), OutputLayer.class, "output.py", type, attributes);
    }
  }

  /** log(exp a + exp b). */
  static double logAdd(double a, double b) {
    double max = Math.max(a, b);
    return max == Double.NEGATIVE_INFINITY ? max : max + Math.log1p(Math.exp(Math.min(a, b) - max));
  }
}

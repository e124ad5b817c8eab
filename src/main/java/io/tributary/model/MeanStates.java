package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tributary.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A model's hidden states of a whole text as one vector: the mean over the text's tokens, of every
 * layer, one layer after the other. The discriminator of PPLM (Dathathri et al. 2020,
 * arXiv:1912.02164) takes the last layer's alone.
 *
 * <p>BOS is put before each text; it counts towards the mean only if the text is empty.
 * Thread-safe.
 *
 * @param maxRows texts that are computed at once
 */
public record MeanStates(LanguageModel model, int maxRows) {

  /** Values per text: (layers + 1) D. */
  public int size() {
    return (model.config().layers() + 1) * model.config().width();
  }

  /**
   * The mean hidden states of each text, (texts, {@link #size}).
   *
   * @param texts token ids; tokens beyond the model's positions are cut off
   */
  public float[][] of(List<int[]> texts) {
    float[][] means = new float[texts.size()][];
    for (int[] rows : SequenceScores.byLength(texts, maxRows)) {
      List<int[]> part = IntStream.of(rows).mapToObj(texts::get).toList();
      float[] values = Torch.scoped(() -> pass(part));
      for (int i = 0; i < rows.length; i++) {
        means[rows[i]] = Arrays.copyOfRange(values, i * size(), (i + 1) * size());
      }
    }
    return means;
  }

  /** (B, {@link #size}), row after row. */
  private float[] pass(List<int[]> texts) {
    int positions = model.config().positions();
    int[] lengths = texts.stream().mapToInt(x -> Math.min(positions, x.length + 1)).toArray();
    int b = lengths.length;
    int t = IntStream.of(lengths).max().orElseThrow();
    NDManager manager = model.manager();
    NDArray tokens = manager.create(inputs(texts, lengths, t), new Shape(b, t)); // (B, T)
    NDArray shares = manager.create(shares(lengths, t), new Shape(b, 1, t)); // (B, 1, T)
    NDList means = new NDList();
    for (NDArray layer : model.states(tokens)) { // (B T, D)
      means.add(shares.matMul(layer.reshape(b, t, model.config().width()))); // (B, 1, D)
    }
    return NDArrays.concat(means, 2).toFloatArray(); // (B, 1, (layers + 1) D)
  }

  private long[] inputs(List<int[]> texts, int[] lengths, int t) {
    int[] beginning = model.config().beginning();
    long[] inputs = new long[lengths.length * t];
    for (int i = 0; i < lengths.length; i++) {
      inputs[i * t] = beginning[0];
      for (int j = 1; j < lengths[i]; j++) {
        inputs[i * t + j] = model.config().requireToken(texts.get(i)[j - 1]);
      }
    }
    return inputs;
  }

  /** Weight of each position in its text's mean. */
  private static float[] shares(int[] lengths, int t) {
    float[] shares = new float[lengths.length * t];
    for (int i = 0; i < lengths.length; i++) {
      int first = lengths[i] > 1 ? 1 : 0;
      Arrays.fill(shares, i * t + first, i * t + lengths[i], 1f / (lengths[i] - first));
    }
    return shares;
  }
}

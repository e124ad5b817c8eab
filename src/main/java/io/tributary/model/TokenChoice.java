package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.tributary.tensor.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Choice of the next token from the whole distribution, by inversion of its cumulative
 * distribution.
 *
 * <p>The vocabulary is cut into blocks. The engine computes exp(logit - maximum of the block) and
 * its sum for every block; here the block is chosen by the sums and the token within the block by
 * its values, both in double precision. So the engine passes over the values no more often than for
 * a softmax, and only one block per row is copied.
 */
final class TokenChoice {
  static final int BLOCK = 2048;

  private TokenChoice() {}

  /**
   * @param tokens one of each row
   * @param logProbs their log-probabilities in nats under the distribution that they were drawn
   *     from
   */
  record Chosen(int[] tokens, double[] logProbs) {}

  /**
   * Chooses one token for each row, within {@link io.tributary.tensor.Torch#scoped}.
   *
   * @param hidden (B, D), already divided by the temperature
   * @param uniforms B numbers in [0, 1)
   */
  static Chosen choose(OutputLayer output, int vocabulary, NDArray hidden, double[] uniforms) {
    List<NDArray> values = new ArrayList<>();
    NDList maxima = new NDList();
    NDList sums = new NDList();
    for (int from = 0; from < vocabulary; from += BLOCK) {
      var masses = output.masses(hidden, from, Math.min(vocabulary, from + BLOCK));
      values.add(masses.exp()); // (B, block)
      maxima.add(masses.max()); // (B, 1)
      sums.add(masses.sum());
    }
    float[] blockMax = NDArrays.concat(maxima, 1).toFloatArray(); // (B, blocks)
    float[] blockSum = NDArrays.concat(sums, 1).toFloatArray();
    return invert(values, blockMax, blockSum, uniforms);
  }

  private static Chosen invert(
      List<NDArray> values, float[] blockMax, float[] blockSum, double[] uniforms) {
    int blocks = values.size();
    int rows = uniforms.length;
    int[] block = new int[rows];
    double[] within = new double[rows]; // what is left of u in the block, as a share of the block
    double[] logBlockShift = new double[rows]; // block maximum minus log normaliser
    for (int row = 0; row < rows; row++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int b = 0; b < blocks; b++) {
        max = Math.max(max, blockMax[row * blocks + b]);
      }
      double[] mass = new double[blocks];
      for (int b = 0; b < blocks; b++) {
        mass[b] = blockSum[row * blocks + b] * Math.exp(blockMax[row * blocks + b] - max);
      }
      double total = Arrays.stream(mass).sum();
      double left = uniforms[row] * total;
      int b = 0;
      while (left >= mass[b] && massAfter(mass, b)) {
        left -= mass[b++];
      }
      block[row] = b;
      within[row] = mass[b] > 0 ? left / mass[b] : 0;
      logBlockShift[row] = blockMax[row * blocks + b] - max - Math.log(total);
    }
    int[] tokens = new int[rows];
    double[] logProbs = new double[rows];
    for (int b = 0; b < blocks; b++) {
      int chosen = b;
      long[] here =
          IntStream.range(0, rows).filter(row -> block[row] == chosen).asLongStream().toArray();
      if (here.length == 0) {
        continue;
      }
      NDArray indices = values.get(b).getManager().create(here);
      float[] exp = Ops.rows(values.get(b), indices).toFloatArray();
      int width = exp.length / here.length;
      for (int j = 0; j < here.length; j++) {
        int row = (int) here[j];
        int at = invert(exp, j * width, width, within[row]);
        tokens[row] = b * BLOCK + at;
        logProbs[row] = Math.min(0, Math.log(exp[j * width + at]) + logBlockShift[row]);
      }
    }
    return new Chosen(tokens, logProbs);
  }

  private static boolean massAfter(double[] mass, int b) {
    return Arrays.stream(mass, b + 1, mass.length).anyMatch(m -> m > 0);
  }

  /**
   * First position at which the cumulative sum exceeds {@code share} of the total; never one of
   * mass zero.
   */
  static int invert(float[] mass, int from, int length, double share) {
    double total = 0;
    for (int i = 0; i < length; i++) {
      total += mass[from + i];
    }
    double left = share * total;
    int last = 0;
    for (int i = 0; i < length; i++) {
      if (mass[from + i] > 0) {
        last = i;
        left -= mass[from + i];
        if (left < 0) {
          return i;
        }
      }
    }
    return last;
  }
}

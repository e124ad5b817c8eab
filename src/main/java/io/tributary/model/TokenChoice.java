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
   * The distributions of the next token of B rows.
   *
   * @param values (B, block) of each block, exp(logit - maximum of the block)
   * @param blockMax (B, blocks)
   * @param blockSum (B, blocks), sums of {@code values}
   */
  record Distributions(List<NDArray> values, float[] blockMax, float[] blockSum) {

    /** log sum_v exp z_v of a row's logits. */
    double logNormaliser(int row) {
      double max = max(row);
      return max + Math.log(Arrays.stream(masses(row, max)).sum());
    }

    private double max(int row) {
      double max = Double.NEGATIVE_INFINITY;
      for (int b = 0; b < values.size(); b++) {
        max = Math.max(max, blockMax[row * values.size() + b]);
      }
      return max;
    }

    /** The mass of each block. */
    private double[] masses(int row, double max) {
      int blocks = values.size();
      double[] mass = new double[blocks];
      for (int b = 0; b < blocks; b++) {
        mass[b] = blockSum[row * blocks + b] * Math.exp(blockMax[row * blocks + b] - max);
      }
      return mass;
    }

    /**
     * Chooses one token for each row.
     *
     * @param uniforms B numbers in [0, 1)
     */
    Chosen choose(double[] uniforms) {
      int blocks = values.size();
      int rows = uniforms.length;
      int[] block = new int[rows];
      double[] within = new double[rows]; // what is left of u in the block, as a share of the block
      double[] logBlockShift = new double[rows]; // block maximum minus log normaliser
      for (int row = 0; row < rows; row++) {
        double max = max(row);
        double[] mass = masses(row, max);
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
  }

  /**
   * Chooses one token for each row, within {@link io.tributary.tensor.Torch#scoped}.
   *
   * @param hidden (B, D), already divided by the temperature
   * @param uniforms B numbers in [0, 1)
   */
  static Chosen choose(OutputLayer output, int vocabulary, NDArray hidden, double[] uniforms) {
    return distributions(output, vocabulary, hidden).choose(uniforms);
  }

  /**
   * What tokens are chosen from, within {@link io.tributary.tensor.Torch#scoped}.
   *
   * @param hidden (B, D), already divided by the temperature
   */
  static Distributions distributions(OutputLayer output, int vocabulary, NDArray hidden) {
    List<NDArray> values = new ArrayList<>();
    NDList maxima = new NDList();
    NDList sums = new NDList();
    for (int from = 0; from < vocabulary; from += BLOCK) {
      NDArray logits = output.logits(hidden, from, Math.min(vocabulary, from + BLOCK));
      NDArray max = logits.max(new int[] {1}, true); // (B, 1)
      NDArray exp = logits.subi(max).exp(); // (B, block)
      logits.close();
      values.add(exp);
      maxima.add(max);
      sums.add(exp.sum(new int[] {1}, true));
    }
    return new Distributions(
        values, NDArrays.concat(maxima, 1).toFloatArray(), NDArrays.concat(sums, 1).toFloatArray());
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

package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.tributary.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Choice of the next token from the whole distribution, by inversion of its cumulative
 * distribution.
 *
 * <p>The vocabulary is cut into blocks, and these into groups. The engine computes exp(logit -
 * maximum of the block) and its sum for every group; here the group is chosen by the sums and the
 * token within the group by its values, both in double precision. So the engine passes over the
 * values no more often than for a softmax, and only one group per row is copied.
 */
final class TokenChoice {
  private static final int GROUP = OutputLayer.GROUP;

  /** Groups of a block. */
  private static final int GROUPS = 16;

  static final int BLOCK = GROUPS * GROUP;

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
   * @param values (B groups, {@link OutputLayer#GROUP}) of each block, exp(logit - its maximum)
   * @param blockMax (B, blocks)
   * @param groupSum (B, all groups), sums of {@code values}
   * @param rows B
   */
  record Distributions(List<NDArray> values, float[] blockMax, float[] groupSum, int rows) {

    private int groups() {
      return groupSum.length / rows;
    }

    /** The largest logit of a row. */
    private double max(int row) {
      double max = Double.NEGATIVE_INFINITY;
      for (int b = 0; b < values.size(); b++) {
        max = Math.max(max, blockMax[row * values.size() + b]);
      }
      return max;
    }

    /** The mass of each group of a row, in units of exp(max). */
    private double[] masses(int row, double max) {
      int blocks = values.size();
      double[] masses = new double[groups()];
      for (int b = 0; b < blocks; b++) {
        double scale = Math.exp(blockMax[row * blocks + b] - max);
        for (int g = b * GROUPS; g < Math.min(masses.length, (b + 1) * GROUPS); g++) {
          masses[g] = groupSum[row * masses.length + g] * scale;
        }
      }
      return masses;
    }

    private static double sum(double[] masses) {
      double sum = 0;
      for (double mass : masses) {
        sum += mass;
      }
      return sum;
    }

    /** log sum_v exp z_v of a row's logits. */
    double logNormaliser(int row) {
      double max = max(row);
      return max + Math.log(sum(masses(row, max)));
    }

    /**
     * Chooses one token for each row.
     *
     * @param uniforms B numbers in [0, 1)
     */
    Chosen choose(double[] uniforms) {
      int[] group = new int[rows];
      double[] within = new double[rows]; // what is left of u in the group, as a share of the group
      double[] logShift = new double[rows]; // maximum of the group's block minus log normaliser
      for (int row = 0; row < rows; row++) {
        double max = max(row);
        double[] masses = masses(row, max);
        double total = sum(masses);
        double left = uniforms[row] * total;
        for (int g = 0; g < masses.length && left >= 0; g++) {
          if (masses[g] > 0) {
            group[row] = g;
            within[row] = left / masses[g];
            left -= masses[g];
          }
        }
        int block = group[row] / GROUPS;
        logShift[row] = blockMax[row * values.size() + block] - max - Math.log(total);
      }
      return inGroups(values, group, within, logShift);
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
      var masses = output.groups(hidden, from, Math.min(vocabulary, from + BLOCK));
      values.add(masses.exp().reshape(-1, GROUP)); // (B groups, GROUP)
      maxima.add(masses.max()); // (B, 1)
      sums.add(masses.sum()); // (B, groups)
    }
    return new Distributions(
        values,
        NDArrays.concat(maxima, 1).toFloatArray(),
        NDArrays.concat(sums, 1).toFloatArray(),
        Math.toIntExact(hidden.getShape().get(0)));
  }

  private static Chosen inGroups(
      List<NDArray> values, int[] group, double[] within, double[] logShift) {
    int rows = group.length;
    int[] tokens = new int[rows];
    double[] logProbs = new double[rows];
    for (int b = 0; b < values.size(); b++) {
      int block = b;
      int[] here = IntStream.range(0, rows).filter(r -> group[r] / GROUPS == block).toArray();
      if (here.length == 0) {
        continue;
      }
      NDArray all = values.get(b);
      long perRow = all.getShape().get(0) / rows;
      long[] indices = IntStream.of(here).mapToLong(r -> r * perRow + group[r] % GROUPS).toArray();
      float[] exp = Ops.rows(all, all.getManager().create(indices)).toFloatArray(); // (n, GROUP)
      for (int j = 0; j < here.length; j++) {
        int row = here[j];
        int at = invert(exp, j * GROUP, GROUP, within[row]);
        tokens[row] = group[row] * GROUP + at;
        logProbs[row] = Math.min(0, Math.log(exp[j * GROUP + at]) + logShift[row]);
      }
    }
    return new Chosen(tokens, logProbs);
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

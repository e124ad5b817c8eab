package io.tributary.model;

import ai.djl.ndarray.NDArray;
import io.tributary.model.TokenChoice.Chosen;
import io.tributary.model.TokenChoice.Distributions;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Choice of the next token with some tokens raised: the guided distribution is a mixture of the
 * model's own and of the model's restricted to the raised tokens M,
 *
 * <pre>
 * q = ( q0 + (e^beta - 1) q0(M) q0(. | M) ) / ( 1 + (e^beta - 1) q0(M) )
 * </pre>
 *
 * so that the number drawn for a row first tells which of the two the token comes from.
 */
final class GuidedChoice {
  private GuidedChoice() {}

  /**
   * As {@link TokenChoice#choose}, of guided distributions.
   *
   * @param raised M of each row, ascending
   * @param strength beta in nats
   */
  static Chosen choose(
      OutputLayer output,
      int vocabulary,
      NDArray hidden,
      double[] uniforms,
      int[][] raised,
      double strength) {
    Distributions own = TokenChoice.distributions(output, vocabulary, hidden);
    double[][] masses =
        output.probabilities(
            hidden,
            raised,
            IntStream.range(0, uniforms.length).mapToDouble(own::logNormaliser).toArray());
    double odds = Math.expm1(strength);
    double[] totals = new double[uniforms.length];
    double[] ofOwn = new double[uniforms.length];
    for (int row = 0; row < uniforms.length; row++) {
      totals[row] = 1 + odds * Arrays.stream(masses[row]).sum();
      ofOwn[row] = Math.min(uniforms[row] * totals[row], Math.nextDown(1.0));
    }
    Chosen chosen = own.choose(ofOwn);
    for (int row = 0; row < uniforms.length; row++) {
      double beyond = uniforms[row] * totals[row] - 1; // of the part that guides
      if (beyond >= 0) {
        int at = at(masses[row], beyond / odds);
        chosen.tokens()[row] = raised[row][at];
        chosen.logProbs()[row] = Math.log(masses[row][at]);
      }
      boolean isRaised = Arrays.binarySearch(raised[row], chosen.tokens()[row]) >= 0;
      chosen.logProbs()[row] =
          Math.min(0, chosen.logProbs()[row] + (isRaised ? strength : 0) - Math.log(totals[row]));
    }
    return chosen;
  }

  /** First position at which the sum of masses exceeds {@code share}; never one of mass zero. */
  private static int at(double[] masses, double share) {
    double left = share;
    int last = 0;
    for (int i = 0; i < masses.length; i++) {
      if (masses[i] > 0) {
        last = i;
        left -= masses[i];
        if (left < 0) {
          return i;
        }
      }
    }
    return last;
  }
}

package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import org.jspecify.annotations.Nullable;

/**
 * Choice of the next token among the most likely ones only: top-k (Fan et al. 2018,
 * arXiv:1805.04833), then top-p (Holtzman et al. 2020, arXiv:1904.09751). The log-probability is
 * that of the truncated, renormalised distribution.
 */
final class TruncatedChoice {
  private static final int FIRST_LOOK = 1024;

  private TruncatedChoice() {}

  /** As {@link TokenChoice#choose}, among the tokens that top-k and top-p keep. */
  static TokenChoice.Chosen choose(
      OutputLayer output,
      int vocabulary,
      NDArray hidden,
      double[] uniforms,
      SamplingSettings settings) {
    NDArray logits = output.logits(hidden, 0, vocabulary); // (B, V)
    int limit = settings.topK() > 0 ? Math.min(settings.topK(), vocabulary) : vocabulary;
    double[] logTotals =
        settings.topK() > 0
            ? null
            : output.logProbs(hidden, new int[uniforms.length]).logNormalisers();
    // Top-k needs the mass of all k candidates; without it the total is known already.
    int look = settings.topK() > 0 ? limit : Math.min(limit, FIRST_LOOK);
    while (true) {
      TokenChoice.Chosen chosen = choose(logits, look, limit, logTotals, uniforms, settings.topP());
      if (chosen != null) {
        return chosen;
      }
      look = (int) Math.min(limit, 8L * look);
    }
  }

  private static TokenChoice.@Nullable Chosen choose(
      NDArray logits,
      int look,
      int limit,
      double @Nullable [] logTotals,
      double[] uniforms,
      double topP) {
    NDList sorted = logits.topK(look, 1, true, true);
    float[] values = sorted.get(0).toFloatArray(); // (B, look), descending
    long[] ids = sorted.get(1).toLongArray();
    int[] tokens = new int[uniforms.length];
    double[] logProbs = new double[uniforms.length];
    for (int row = 0; row < uniforms.length; row++) {
      double top = values[row * look];
      float[] mass = new float[look];
      for (int j = 0; j < look; j++) {
        mass[j] = (float) Math.exp(values[row * look + j] - top);
      }
      double total = logTotals == null ? sum(mass, look) : Math.exp(logTotals[row] - top);
      int kept = kept(mass, topP * total);
      if (kept == look && look < limit) {
        return null; // the rest of the nucleus lies further down
      }
      double keptMass = sum(mass, kept);
      int at = TokenChoice.invert(mass, 0, kept, uniforms[row]);
      tokens[row] = (int) ids[row * look + at];
      logProbs[row] = Math.min(0, Math.log(mass[at] / keptMass));
    }
    return new TokenChoice.Chosen(tokens, logProbs);
  }

  /** The smallest number of leading values that reach {@code target}, at least one. */
  private static int kept(float[] mass, double target) {
    double reached = 0;
    for (int j = 0; j < mass.length; j++) {
      reached += mass[j];
      if (reached >= target) {
        return j + 1;
      }
    }
    return mass.length;
  }

  private static double sum(float[] mass, int n) {
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += mass[j];
    }
    return sum;
  }
}

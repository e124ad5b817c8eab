package io.tributary.model;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Log-probabilities and values of the T tokens of one sequence.
 *
 * @param logProbs log m(x_t | prefix, x_&lt;t) in nats (T)
 * @param values V_t, the value head's estimate before token t is chosen (T); empty without one
 */
public record TokenScores(double[] logProbs, double[] values) {

  /** log m(x | prefix) in nats: the sum over the tokens, in double precision. */
  public double logProb() {
    return Arrays.stream(logProbs).sum();
  }

  /** {@link #logProb} of each sequence. */
  static double[] logProbs(List<TokenScores> bySequence) {
    return bySequence.stream().mapToDouble(TokenScores::logProb).toArray();
  }

  /** Splits the log-probabilities and values of all tokens of a batch by sequence. */
  static List<TokenScores> of(SequenceBatch batch, double[] logProbs, double[] values) {
    List<double[]> parts = batch.bySequence(logProbs);
    List<double[]> valueParts =
        values.length == 0 ? Collections.nCopies(parts.size(), values) : batch.bySequence(values);
    return IntStream.range(0, parts.size())
        .mapToObj(i -> new TokenScores(parts.get(i), valueParts.get(i)))
        .toList();
  }
}

package io.tributary.model;

import ai.djl.ndarray.NDArray;
import io.tributary.model.OutputLayer.TokenLogProbs;
import io.tributary.model.TokenGradients.Alternatives;
import io.tributary.tensor.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A sum of c log pi of some tokens in N rows, each in one row at most once, and where it has a
 * gradient other than that of the rest of the vocabulary.
 *
 * @param sums of the c of each row (N)
 * @param rows of the terms
 * @param tokens of the terms
 * @param gradients of each term, the derivative with respect to the token's logit: c - sum pi
 */
record LogProbTerms(double[] sums, int[] rows, int[] tokens, double[] gradients) {

  /**
   * One token in each row.
   *
   * @param targets N tokens
   * @param pass their log-probabilities
   * @param coefficients c, N of them
   */
  static LogProbTerms of(int[] targets, TokenLogProbs pass, double[] coefficients) {
    int[] rows = IntStream.range(0, targets.length).toArray();
    double[] gradients = new double[rows.length];
    Arrays.setAll(gradients, i -> -coefficients[i] * Math.expm1(pass.logProbs()[i]));
    return new LogProbTerms(coefficients, rows, targets, gradients);
  }

  /**
   * Of sequences, with alternatives to their tokens.
   *
   * @param output the layer
   * @param hidden (N, D)
   * @param targets the N tokens of all sequences
   * @param pass their log-probabilities
   * @param own c of these tokens (N)
   * @param derivatives by sequence, with the c of the alternatives
   */
  static LogProbTerms of(
      OutputLayer output,
      NDArray hidden,
      int[] targets,
      TokenLogProbs pass,
      double[] own,
      List<TokenGradients> derivatives) {
    if (derivatives.stream().allMatch(each -> each.alternatives().tokens().length == 0)) {
      return of(targets, pass, own);
    }
    int[][] others = new int[targets.length][];
    double[][] ofOthers = new double[targets.length][];
    int at = 0;
    for (TokenGradients each : derivatives) {
      Alternatives alternatives = each.alternatives();
      for (int t = 0; t < each.byLogProb().length; t++, at++) {
        boolean none = alternatives.tokens().length == 0;
        others[at] = none ? new int[0] : alternatives.tokens()[t];
        ofOthers[at] = none ? new double[0] : alternatives.byLogProb()[t];
      }
    }
    double[][] probabilities = output.probabilities(hidden, others, pass.logNormalisers());
    return merged(targets, pass.logProbs(), own, others, ofOthers, probabilities);
  }

  private static LogProbTerms merged(
      int[] targets,
      double[] logProbs,
      double[] own,
      int[][] others,
      double[][] ofOthers,
      double[][] probabilities) {
    double[] sums = new double[targets.length];
    List<int[]> places = new ArrayList<>();
    List<Double> gradients = new ArrayList<>();
    for (int i = 0; i < targets.length; i++) {
      double sum = own[i] + Arrays.stream(ofOthers[i]).sum();
      double ofTarget = own[i];
      for (int j = 0; j < others[i].length; j++) {
        if (others[i][j] == targets[i]) {
          ofTarget += ofOthers[i][j];
        } else if (ofOthers[i][j] != 0) {
          places.add(new int[] {i, others[i][j]});
          gradients.add(ofOthers[i][j] - sum * probabilities[i][j]);
        }
      }
      sums[i] = sum;
      places.add(new int[] {i, targets[i]});
      gradients.add(ofTarget - sum - sum * Math.expm1(logProbs[i]));
    }
    return new LogProbTerms(
        sums,
        places.stream().mapToInt(place -> place[0]).toArray(),
        places.stream().mapToInt(place -> place[1]).toArray(),
        gradients.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /**
   * Sets a block of the gradient at these tokens.
   *
   * @param gradient (N, to - from), of tokens {@code [from, to)}
   */
  void assign(NDArray gradient, int from, int to) {
    int[] here =
        IntStream.range(0, tokens.length)
            .filter(i -> tokens[i] >= from && tokens[i] < to)
            .toArray();
    if (here.length == 0) {
      return;
    }
    var manager = gradient.getManager();
    Ops.assign(
        gradient,
        manager.create(Arrays.stream(here).mapToLong(i -> rows[i]).toArray()),
        manager.create(Arrays.stream(here).mapToLong(i -> tokens[i] - from).toArray()),
        OutputLayer.column(gradient, Arrays.stream(here).mapToDouble(i -> gradients[i]).toArray())
            .squeeze(1));
  }
}

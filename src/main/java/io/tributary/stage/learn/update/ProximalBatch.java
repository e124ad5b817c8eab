package io.tributary.stage.learn.update;

import io.tributary.model.TokenGradients;
import io.tributary.model.TokenScores;
import io.tributary.objective.GeneralisedAdvantage;
import io.tributary.objective.ProximalLoss;
import io.tributary.objective.estimate.LogSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A batch with values and advantages under the policy that drew it: what is constant over all
 * updates made with it. The recorded log q serves as the log pi_old of the ratios.
 *
 * @param batch its N sequences
 * @param values V_old of each sequence's tokens
 * @param advantages A of each sequence's tokens
 * @param returns R of each sequence's tokens, the targets of the values
 */
record ProximalBatch(
    BatchArrays batch, List<double[]> values, List<double[]> advantages, List<double[]> returns) {

  /**
   * Computes values and advantages of a batch.
   *
   * @param before scores of each sequence by the policy and its value head, before any update
   * @param beta weight of log(q/a) against the reward, per nat
   * @param whiten whether advantages are standardised over all tokens of the batch
   */
  static ProximalBatch of(
      BatchArrays batch,
      List<TokenScores> before,
      double beta,
      GeneralisedAdvantage estimator,
      boolean whiten) {
    List<double[]> values = before.stream().map(TokenScores::values).toList();
    List<double[]> advantages = new ArrayList<>(batch.size());
    List<double[]> returns = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      double[] rewards =
          GeneralisedAdvantage.rewards(
              batch.sequences().get(i).sequence().tokenLogProposals(),
              batch.sequences().get(i).tokenLogBases(),
              beta,
              batch.rewards()[i]);
      advantages.add(estimator.advantages(rewards, values.get(i)));
      returns.add(GeneralisedAdvantage.returns(advantages.get(i), values.get(i)));
    }
    return new ProximalBatch(
        batch, values, whiten ? GeneralisedAdvantage.whitened(advantages) : advantages, returns);
  }

  /**
   * Sums over some tokens.
   *
   * @param policyLoss of the policy's losses
   * @param valueLoss of the value function's losses
   * @param clipped tokens whose ratio is clipped
   */
  record Sums(double policyLoss, double valueLoss, long clipped) {
    static final Sums NONE = new Sums(0, 0, 0);

    Sums plus(Sums other) {
      return new Sums(
          policyLoss + other.policyLoss, valueLoss + other.valueLoss, clipped + other.clipped);
    }
  }

  /**
   * Sums of losses over the tokens of some sequences.
   *
   * @param scores of these sequences, from one pass
   */
  Sums sums(int[] rows, List<TokenScores> scores, ProximalLoss loss) {
    double policyLoss = 0;
    double valueLoss = 0;
    long clipped = 0;
    for (int j = 0; j < rows.length; j++) {
      int row = rows[j];
      double[] logRatios = logRatios(row, scores.get(j));
      for (int t = 0; t < logRatios.length; t++) {
        double advantage = advantages.get(row)[t];
        policyLoss += loss.policy(logRatios[t], advantage);
        clipped += loss.isClipped(logRatios[t], advantage) ? 1 : 0;
        valueLoss += loss.value(scores.get(j).values()[t], values.get(row)[t], returns.get(row)[t]);
      }
    }
    return new Sums(policyLoss, valueLoss, clipped);
  }

  /**
   * Derivatives of (policy losses + valueWeight * value losses) / tokens.
   *
   * @param scores of these sequences, from one pass
   * @param tokens number of tokens that the loss is the mean over
   */
  List<TokenGradients> gradients(
      int[] rows, List<TokenScores> scores, ProximalLoss loss, double valueWeight, double tokens) {
    return IntStream.range(0, rows.length)
        .mapToObj(j -> gradients(rows[j], scores.get(j), loss, valueWeight, tokens))
        .toList();
  }

  private TokenGradients gradients(
      int row, TokenScores scores, ProximalLoss loss, double valueWeight, double tokens) {
    double[] byLogProb = logRatios(row, scores);
    double[] byValue = new double[byLogProb.length];
    for (int t = 0; t < byLogProb.length; t++) {
      byLogProb[t] = loss.policyDerivative(byLogProb[t], advantages.get(row)[t]) / tokens;
      byValue[t] =
          valueWeight
              * loss.valueDerivative(scores.values()[t], values.get(row)[t], returns.get(row)[t])
              / tokens;
    }
    return new TokenGradients(byLogProb, byValue);
  }

  /** log rho = log pi - log pi_old of each token. */
  private double[] logRatios(int row, TokenScores scores) {
    return LogSpace.minus(
        scores.logProbs(), batch.sequences().get(row).sequence().tokenLogProposals());
  }

  long tokens(int[] rows) {
    return IntStream.of(rows).mapToLong(row -> values.get(row).length).sum();
  }
}

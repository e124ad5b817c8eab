package io.tributary.stage.learn.update;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.ScoredSequence;
import io.tributary.model.Distillation;
import io.tributary.model.ModelTraining;
import io.tributary.model.TokenGradients;
import io.tributary.model.TokenScores;
import io.tributary.objective.PrefixCredit;
import io.tributary.objective.PrefixCredit.Contribution;
import io.tributary.objective.PrefixCredit.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Each token has a coefficient of its own, see {@link PrefixCredit}.
 *
 * @param distillation towards the base model; null without
 */
record TokenCredit(
    ModelTraining training, PrefixCredit credit, @Nullable Distillation distillation, int[] prefix)
    implements Credit {
  @Override
  public Pass accumulate(Part part) {
    double[] loss = new double[1];
    List<TokenScores> scores =
        training.accumulateByToken(
            prefix,
            part.batch().tokens(part.rows()),
            part.dropout(),
            found -> gradients(part, found, loss),
            distillation);
    return new Pass(scores.stream().mapToDouble(TokenScores::logProb).toArray(), loss[0]);
  }

  private List<TokenGradients> gradients(Part part, List<TokenScores> found, double[] loss) {
    PartitionFunctionEstimate z = part.values().z();
    List<TokenGradients> gradients = new ArrayList<>();
    for (int j = 0; j < found.size(); j++) {
      ScoredSequence sequence = part.batch().sequences().get(part.rows()[j]);
      double[] logPolicies = found.get(j).logProbs();
      Contribution contribution =
          credit.of(
              new Tokens(
                  sequence.logFactor(),
                  sequence.decidedAt(),
                  sequence.tokenLogBases(),
                  sequence.sequence().tokenLogProposals(),
                  logPolicies),
              z,
              part.divided());
      double[] byLogProb = over(contribution.coefficients(), -part.count());
      for (int t = 0; t < byLogProb.length; t++) {
        loss[0] += byLogProb[t] * logPolicies[t];
      }
      gradients.add(
          new TokenGradients(
              byLogProb, new double[0], over(contribution.divergences(), part.count())));
    }
    return gradients;
  }

  private static double[] over(double[] values, double divisor) {
    return Arrays.stream(values).map(value -> value / divisor).toArray();
  }
}

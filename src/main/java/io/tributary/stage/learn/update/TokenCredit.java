package io.tributary.stage.learn.update;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.ScoredSequence;
import io.tributary.model.Distillation;
import io.tributary.model.ModelTraining;
import io.tributary.model.TokenGradients;
import io.tributary.model.TokenGradients.Alternatives;
import io.tributary.model.TokenScores;
import io.tributary.model.guide.TokenGuide;
import io.tributary.objective.MilestoneControl;
import io.tributary.objective.PrefixCredit;
import io.tributary.objective.PrefixCredit.Contribution;
import io.tributary.objective.PrefixCredit.Tokens;
import io.tributary.objective.RunningEstimates;
import io.tributary.objective.estimate.ControlCoefficient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Each token has a coefficient of its own, see {@link PrefixCredit}.
 *
 * @param guide has the milestones of a control variate, see {@link MilestoneControl}
 * @param distillation towards the base model; null without
 */
record TokenCredit(
    ModelTraining training,
    PrefixCredit credit,
    TokenGuide guide,
    @Nullable Distillation distillation,
    int[] prefix)
    implements Credit {
  private static final int[][] NO_TOKENS = {};

  /** What is made of some rows, besides their gradients. */
  private static final class Sums {
    double loss;
    ControlCoefficient.State control = ControlCoefficient.State.EMPTY;
  }

  @Override
  public boolean needsGradientAtZeroWeight() {
    return !guide.isEmpty();
  }

  @Override
  public ControlCoefficient.State control(BatchArrays batch, PartitionFunctionEstimate z) {
    var control = ControlCoefficient.State.EMPTY;
    for (ScoredSequence sequence :
        guide.isEmpty() ? List.<ScoredSequence>of() : batch.sequences()) {
      Contribution own = credit.of(tokens(sequence, sequence.tokenLogBases()), z, false);
      control = plus(control, sequence, own, variate(sequence, milestones(sequence)).total());
    }
    return control;
  }

  @Override
  public Pass accumulate(Part part) {
    Sums sums = new Sums();
    List<TokenScores> scores =
        training.accumulateByToken(
            prefix,
            part.batch().tokens(part.rows()),
            part.dropout(),
            found -> gradients(part, found, sums),
            distillation);
    return new Pass(
        scores.stream().mapToDouble(TokenScores::logProb).toArray(), sums.loss, sums.control);
  }

  private List<TokenGradients> gradients(Part part, List<TokenScores> found, Sums sums) {
    List<TokenGradients> gradients = new ArrayList<>();
    for (int j = 0; j < found.size(); j++) {
      ScoredSequence sequence = part.batch().sequences().get(part.rows()[j]);
      double[] logPolicies = found.get(j).logProbs();
      int[][] milestones = guide.isEmpty() ? NO_TOKENS : milestones(sequence);
      Contribution contribution = contribution(part, sequence, logPolicies, milestones, sums);
      double[] byLogProb = over(contribution.coefficients(), -part.count());
      for (int t = 0; t < byLogProb.length; t++) {
        sums.loss += byLogProb[t] * logPolicies[t];
      }
      gradients.add(
          new TokenGradients(
              byLogProb,
              new double[0],
              over(contribution.divergences(), part.count()),
              new Alternatives(
                  milestones,
                  Arrays.stream(contribution.milestones())
                      .map(each -> over(each, -part.count()))
                      .toArray(double[][]::new))));
    }
    return gradients;
  }

  private Contribution contribution(
      Part part, ScoredSequence sequence, double[] logPolicies, int[][] milestones, Sums sums) {
    RunningEstimates estimates = part.values().estimates();
    Contribution own = credit.of(tokens(sequence, logPolicies), estimates.z(), part.divided());
    if (guide.isEmpty()) {
      return own;
    }
    MilestoneControl variate = variate(sequence, milestones);
    double unit = credit.unit(estimates.z(), part.divided());
    sums.control = plus(sums.control, sequence, own, unit * variate.total());
    return variate.addTo(own, unit * estimates.controlCoefficient());
  }

  /** X is the coefficient of the token that decides, which all tokens before it share. */
  private static ControlCoefficient.State plus(
      ControlCoefficient.State control, ScoredSequence sequence, Contribution own, double variate) {
    int decided = sequence.decidedAt();
    return decided == 0 ? control : control.plus(own.coefficients()[decided - 1], variate);
  }

  private int[][] milestones(ScoredSequence sequence) {
    return guide.milestonesBefore(sequence.sequence().tokens());
  }

  private static MilestoneControl variate(ScoredSequence sequence, int[][] milestones) {
    return MilestoneControl.of(
        milestones,
        sequence.milestoneBases(),
        sequence.sequence().tokens(),
        sequence.tokenLogBases(),
        sequence.sequence().tokenLogProposals());
  }

  private static Tokens tokens(ScoredSequence sequence, double[] logPolicies) {
    return new Tokens(
        sequence.logFactor(),
        sequence.decidedAt(),
        sequence.tokenLogBases(),
        sequence.sequence().tokenLogProposals(),
        logPolicies);
  }

  private static double[] over(double[] values, double divisor) {
    return Arrays.stream(values).map(value -> value / divisor).toArray();
  }
}

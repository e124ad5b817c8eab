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
import io.tributary.objective.estimate.ControlFit;
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
    ControlFit.State control = ControlFit.State.EMPTY;
  }

  @Override
  public boolean needsGradientAtZeroWeight() {
    return !guide.isEmpty();
  }

  @Override
  public ControlFit.State control(BatchArrays batch, PartitionFunctionEstimate z) {
    var control = ControlFit.State.EMPTY;
    for (ScoredSequence sequence : batch.sequences()) {
      Tokens tokens = tokens(sequence, sequence.tokenLogBases());
      control = control.plus(control(tokens, z, true, variate(sequence, milestones(sequence))));
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
      int[][] milestones = milestones(sequence);
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
                  guide.isEmpty() ? NO_TOKENS : milestones,
                  Arrays.stream(contribution.milestones())
                      .map(each -> over(each, -part.count()))
                      .toArray(double[][]::new))));
    }
    return gradients;
  }

  private Contribution contribution(
      Part part, ScoredSequence sequence, double[] logPolicies, int[][] milestones, Sums sums) {
    RunningEstimates estimates = part.values().estimates();
    ControlFit.Coefficients controls = estimates.controls();
    Tokens tokens = tokens(sequence, logPolicies);
    MilestoneControl variate = variate(sequence, milestones);
    sums.control = sums.control.plus(control(tokens, estimates.z(), part.divided(), variate));
    Contribution own = credit.of(tokens, estimates.z(), controls.baseline(), part.divided());
    return guide.isEmpty()
        ? own
        : variate.addTo(own, credit.unit(estimates.z(), part.divided()) * controls.milestones());
  }

  /** Of the tokens up to the decision, whose coefficients have noise that can be taken away. */
  private ControlFit.State control(
      Tokens tokens, PartitionFunctionEstimate z, boolean divided, MilestoneControl variate) {
    double[] variates = variate.variates(tokens.decidedAt());
    double unit = credit.unit(z, divided);
    return ControlFit.State.of(
        credit.signal(tokens, z, divided),
        credit.baselines(tokens, z, divided),
        Arrays.stream(variates).map(each -> unit * each).toArray());
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

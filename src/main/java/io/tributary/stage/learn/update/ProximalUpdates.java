package io.tributary.stage.learn.update;

import io.tributary.config.LearnerConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.config.objective.ObjectiveConfig;
import io.tributary.config.objective.ObjectiveType.Baseline;
import io.tributary.config.objective.PpoConfig;
import io.tributary.data.Seeds;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.model.ModelTraining;
import io.tributary.model.SequenceScores;
import io.tributary.model.TokenScores;
import io.tributary.objective.GeneralisedAdvantage;
import io.tributary.objective.KlControl;
import io.tributary.objective.KlPenalty;
import io.tributary.objective.Objective;
import io.tributary.objective.ProximalLoss;
import io.tributary.objective.RunningEstimates;
import io.tributary.objective.estimate.ControlFit;
import io.tributary.objective.estimate.Diagnostics;
import io.tributary.objective.estimate.LogSpace;
import io.tributary.tensor.AdamW;
import io.tributary.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * KL-control by proximal policy optimisation, as Ziegler et al. 2019, arXiv:1909.08593, do it:
 * several epochs of updates on minibatches of one batch, with a ratio clipped at the policy that
 * drew it, a value head, and a beta that may adapt. Not thread-safe.
 *
 * <p>The loss is the mean over the tokens of a minibatch. Their code also scales rewards about
 * their mean. That is omitted here, where sequences differ in length: it would add the same
 * constant to the reward of every token and so reward length.
 */
final class ProximalUpdates implements UpdateRule {
  private final ModelTraining training;
  private final SequenceScores frozenPass;
  private final PpoConfig ppo;
  private final GeneralisedAdvantage estimator;
  private final ProximalLoss loss;
  private final KlPenalty penalty;
  private final boolean baseline;
  private final LearnerConfig learner;
  private final int[] prefix;
  private final long seed;

  /** Trains a policy with a value head, and adapts the penalty after each batch. */
  ProximalUpdates(ModelTraining training, TributaryConfig config, int[] prefix, KlPenalty penalty) {
    ObjectiveConfig objective = config.objective();
    this.training = training;
    this.learner = config.learner();
    this.frozenPass =
        new SequenceScores(training.model(), training.valueHead(), learner.microBatchSize());
    this.ppo = objective.ppo();
    this.estimator = new GeneralisedAdvantage(ppo.discount(), ppo.gaeLambda());
    this.loss = new ProximalLoss(objective.clip(), ppo.valueClip());
    this.penalty = penalty;
    this.baseline = objective.baseline() != Baseline.NONE;
    this.prefix = prefix.clone();
    this.seed = config.run().seed();
  }

  /** KL-control of whole sequences, with the current beta. */
  @Override
  public Objective objective() {
    return new KlControl(penalty.beta(), baseline);
  }

  /** One update: means over the tokens of its minibatch. */
  private record Update(
      double policyLoss, double valueLoss, double loss, double clipped, double gradientNorm) {
    boolean isFinite() {
      return Double.isFinite(loss) && Double.isFinite(gradientNorm);
    }
  }

  @Override
  public Outcome learn(
      long step,
      BatchArrays arrays,
      RunningEstimates estimates,
      double learningRate,
      Runnable progress) {
    double beta = penalty.beta();
    List<TokenScores> before = frozenPass.tokens(prefix, arrays.tokens(), progress);
    ProximalBatch batch = ProximalBatch.of(arrays, before, beta, estimator, ppo.whitenAdvantages());
    List<Update> updates = updates(step, batch, learningRate, progress);
    boolean finite = updates.stream().allMatch(Update::isFinite);
    double maxNorm = learner.optimizer().maxGradNorm();
    double kl = // KL(pi||a), since the sequences were drawn from pi
        Diagnostics.mean(LogSpace.minus(arrays.logProposals(), arrays.logBases()));
    if (finite) {
      penalty.adapt(kl, arrays.size());
    }
    return new Outcome(
        before.stream().mapToDouble(TokenScores::logProb).toArray(),
        mean(updates, Update::loss),
        mean(updates, Update::gradientNorm),
        finite
            ? mean(updates, update -> AdamW.clipFactor(update.gradientNorm(), maxNorm))
            : Double.NaN,
        finite,
        ControlFit.State.EMPTY,
        new Measurements()
            .put(Metric.POLICY_LOSS, mean(updates, Update::policyLoss))
            .put(Metric.VALUE_LOSS, mean(updates, Update::valueLoss))
            .put(Metric.CLIPPED_TOKENS_RATIO, mean(updates, Update::clipped))
            .put(Metric.KL_CONTROL_BETA, beta)
            .put(Metric.KL_PENALTY, beta * kl));
  }

  /** Makes the updates of all epochs, up to the first that is not finite. */
  private List<Update> updates(
      long step, ProximalBatch batch, double learningRate, Runnable progress) {
    List<Update> updates = new ArrayList<>();
    for (int epoch = 0; epoch < ppo.epochs(); epoch++) {
      for (int[] rows : minibatches(step, epoch, batch.batch().size())) {
        Update update = update(step, updates.size(), batch, rows, progress);
        updates.add(update);
        if (!update.isFinite()) {
          return updates;
        }
        training.update(learningRate, update.gradientNorm(), learner.optimizer().maxGradNorm());
      }
    }
    return updates;
  }

  /** All rows, shuffled anew for each epoch, in parts of equal size. */
  List<int[]> minibatches(long step, int epoch, int sequences) {
    int[] order =
        Seeds.permutation(sequences, Seeds.generator(seed, Seeds.Purpose.MINIBATCHES, step, epoch));
    int size = sequences / ppo.minibatches();
    return IntStream.range(0, ppo.minibatches())
        .mapToObj(m -> Arrays.copyOfRange(order, m * size, (m + 1) * size))
        .toList();
  }

  /** Accumulates the gradient of a minibatch. */
  private Update update(long step, int number, ProximalBatch batch, int[] rows, Runnable progress) {
    training.zeroGradients();
    double tokens = batch.tokens(rows);
    ProximalBatch.Sums sums = ProximalBatch.Sums.NONE;
    List<int[]> microBatches = batch.batch().microBatches(rows, learner.microBatchSize());
    for (int m = 0; m < microBatches.size(); m++) {
      int[] part = microBatches.get(m);
      if (learner.dropout() > 0) {
        Torch.seed(Seeds.seed(seed, Seeds.Purpose.DROPOUT, step, number, m));
      }
      List<TokenScores> scores =
          training.accumulateByToken(
              prefix,
              batch.batch().tokens(part),
              learner.dropout(),
              found -> batch.gradients(part, found, loss, ppo.valueLossWeight(), tokens));
      sums = sums.plus(batch.sums(part, scores, loss));
      progress.run();
    }
    double policyLoss = sums.policyLoss() / tokens;
    double valueLoss = sums.valueLoss() / tokens;
    return new Update(
        policyLoss,
        valueLoss,
        policyLoss + ppo.valueLossWeight() * valueLoss,
        sums.clipped() / tokens,
        training.gradientNorm());
  }

  private static double mean(List<Update> updates, ToDoubleFunction<Update> value) {
    return Diagnostics.mean(updates.stream().mapToDouble(value).toArray());
  }
}

package io.tributary.stage.learn.update;

import io.tributary.config.LearnerConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.data.Seeds;
import io.tributary.metrics.Measurements;
import io.tributary.model.ModelTraining;
import io.tributary.model.SequenceScores;
import io.tributary.objective.BatchValues;
import io.tributary.objective.Objective;
import io.tributary.objective.RunningEstimates;
import io.tributary.objective.estimate.ControlFit;
import io.tributary.tensor.Torch;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One update with the gradient of the whole batch, accumulated over its micro-batches. Not
 * thread-safe.
 *
 * <p>A coefficient is computed with the log pi of the same pass that is differentiated. If the
 * objective compares the sequences of a batch, what they are compared with comes from a separate
 * pass before, without dropout; so does the log pi of the measurements if the differentiated passes
 * have dropout or omit sequences.
 */
final class SingleUpdate implements UpdateRule {
  private final ModelTraining training;
  private final Objective objective;
  private final Credit credit;
  private final SequenceScores frozenPass;
  private final LearnerConfig config;
  private final int[] prefix;
  private final long seed;

  SingleUpdate(
      ModelTraining training,
      Objective objective,
      Credit credit,
      TributaryConfig config,
      int[] prefix) {
    this.training = training;
    this.objective = objective;
    this.credit = credit;
    this.config = config.learner();
    this.frozenPass = new SequenceScores(training.model(), this.config.microBatchSize());
    this.prefix = prefix.clone();
    this.seed = config.run().seed();
  }

  @Override
  public Outcome learn(
      long step,
      BatchArrays batch,
      RunningEstimates estimates,
      double learningRate,
      Runnable progress) {
    int[] all = IntStream.range(0, batch.size()).toArray();
    int[] differentiated =
        objective.needsGradientAtZeroWeight() || credit.needsGradientAtZeroWeight()
            ? all
            : IntStream.of(all).filter(batch::isPositive).toArray();
    boolean separately =
        config.dropout() > 0 || differentiated.length < all.length || objective.comparesSequences();
    double[] logPolicies =
        separately
            ? frozenPass.logProbs(prefix, batch.tokens(), progress)
            : new double[batch.size()];
    BatchValues values = batch.values(logPolicies, estimates);
    double[] levels = objective.levels(values);
    List<int[]> microBatches = batch.microBatches(differentiated, config.microBatchSize());
    double loss = 0; // - mean[ c log pi ]
    var control = ControlFit.State.EMPTY;
    training.zeroGradients();
    for (int m = 0; m < microBatches.size(); m++) {
      int[] rows = microBatches.get(m);
      if (config.dropout() > 0) {
        Torch.seed(Seeds.seed(seed, Seeds.Purpose.DROPOUT, step, m));
      }
      Credit.Pass pass =
          credit.accumulate(
              new Credit.Part(
                  batch, values, levels, rows, config.dropout(), objective, true, batch.size()));
      for (int j = 0; !separately && j < rows.length; j++) {
        logPolicies[rows[j]] = pass.logProbs()[j];
      }
      loss += pass.loss();
      control = control.plus(pass.control());
      progress.run();
    }
    double gradientNorm = training.gradientNorm();
    boolean finite = Double.isFinite(gradientNorm) && Double.isFinite(loss);
    double clipFactor =
        finite
            ? training.update(learningRate, gradientNorm, config.optimizer().maxGradNorm())
            : Double.NaN;
    return new Outcome(
        logPolicies, loss, gradientNorm, clipFactor, finite, control, new Measurements());
  }

  @Override
  public Objective objective() {
    return objective;
  }
}

package io.tributary.stage.learn.update;

import io.tributary.config.TributaryConfig;
import io.tributary.model.ModelTraining;
import io.tributary.model.SequenceScores;
import io.tributary.objective.BatchValues;
import io.tributary.objective.Objective;
import io.tributary.objective.RunningEstimates;
import io.tributary.objective.estimate.Diagnostics;
import java.util.stream.IntStream;

/**
 * Measures at intervals how much the gradient varies from sequence to sequence: Var(G) with G(x) =
 * A(x) grad log pi(x), on the first sequences of a batch (Eq. (17) and (18), Korbak et al. 2022,
 * arXiv:2206.00761). Not thread-safe.
 *
 * <p>Dropout is off. The gradients accumulated in the model are discarded, so it has to precede the
 * passes of a step.
 */
final class GradientVariance {
  private final ModelTraining training;
  private final Credit credit;
  private final int sequences;
  private final int[] prefix;
  private final SequenceScores frozenPass;
  private final int microBatchSize;
  private int interval;

  GradientVariance(ModelTraining training, Credit credit, TributaryConfig config, int[] prefix) {
    this.training = training;
    this.credit = credit;
    this.interval = config.diagnostics().gradientVarianceIntervalSteps();
    this.sequences = config.diagnostics().gradientVarianceSequences();
    this.prefix = prefix.clone();
    this.microBatchSize = config.learner().microBatchSize();
    this.frozenPass = new SequenceScores(training.model(), microBatchSize);
  }

  /** Changes the number of steps between two measurements; 0 for none. */
  void interval(int steps) {
    interval = steps;
  }

  /** Whether it is due with this step, numbered from 1. */
  boolean isDue(long step) {
    return interval > 0 && step % interval == 0;
  }

  /**
   * Var(G) of a batch under the current policy.
   *
   * @param objective defines the advantage A(x)
   * @param progress called after every pass
   */
  double of(Objective objective, BatchArrays batch, RunningEstimates estimates, Runnable progress) {
    int n = Math.min(sequences, batch.size());
    double[] logPolicies =
        objective.comparesSequences()
            ? frozenPass.logProbs(prefix, batch.tokens(), progress)
            : new double[batch.size()];
    BatchValues values = batch.values(logPolicies, estimates);
    double[] levels = objective.levels(values);
    double[] squaredNorms = new double[n];
    for (int i = 0; i < n; i++) {
      training.zeroGradients();
      accumulate(objective, batch, values, levels, new int[] {i});
      squaredNorms[i] = square(training.gradientNorm());
      progress.run();
    }
    training.zeroGradients();
    for (int from = 0; from < n; from += microBatchSize) {
      int to = Math.min(n, from + microBatchSize);
      accumulate(objective, batch, values, levels, IntStream.range(from, to).toArray());
      progress.run();
    }
    return Diagnostics.gradientVariance(squaredNorms, square(training.gradientNorm() / n));
  }

  private void accumulate(
      Objective objective, BatchArrays batch, BatchValues values, double[] levels, int[] rows) {
    credit.accumulate(new Credit.Part(batch, values, levels, rows, 0, objective, false, 1));
  }

  private static double square(double norm) {
    return norm * norm;
  }
}

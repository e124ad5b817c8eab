package io.tributary.stage.learn.update;

import io.tributary.config.LearnerConfig;
import io.tributary.data.Seeds;
import io.tributary.model.ModelTraining;
import io.tributary.model.SequenceScores;
import io.tributary.objective.BatchValues;
import io.tributary.objective.Objective;
import io.tributary.objective.RunningEstimates;
import io.tributary.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Accumulates the gradient of an objective over the micro-batches of a batch. For one thread.
 *
 * <p>A coefficient is computed with the log pi of the same pass that is differentiated. If the
 * objective compares the sequences of a batch, what they are compared with comes from a separate
 * pass before, without dropout; so does the log pi of the measurements if the differentiated passes
 * have dropout or omit sequences.
 */
final class GradientPasses {

  /**
   * The result of the passes.
   *
   * @param logPolicies (N), log pi in nats of every sequence, without dropout
   * @param loss - mean[ c log pi ]
   */
  record Result(double[] logPolicies, double loss) {}

  private final ModelTraining training;
  private final Objective objective;
  private final SequenceScores frozenPass;
  private final int microBatchSize;
  private final double dropout;
  private final int[] prefix;
  private final long seed;

  GradientPasses(
      ModelTraining training, Objective objective, LearnerConfig config, int[] prefix, long seed) {
    this.training = training;
    this.objective = objective;
    this.frozenPass = new SequenceScores(training.model(), config.microBatchSize());
    this.microBatchSize = config.microBatchSize();
    this.dropout = config.dropout();
    this.prefix = prefix.clone();
    this.seed = seed;
  }

  /**
   * Adds the gradient of the batch's loss to the gradients.
   *
   * @param step seeds the generators of dropout
   * @param progress called after every micro-batch
   */
  Result accumulate(long step, BatchArrays batch, RunningEstimates estimates, Runnable progress) {
    int[] all = IntStream.range(0, batch.size()).toArray();
    int[] differentiated =
        objective.needsGradientAtZeroWeight()
            ? all
            : IntStream.of(all).filter(batch::isPositive).toArray();
    boolean separately =
        dropout > 0 || differentiated.length < all.length || objective.comparesSequences();
    double[] logPolicies =
        separately
            ? frozenPass.logProbs(prefix, batch.tokens(), progress)
            : new double[batch.size()];
    BatchValues values = batch.values(logPolicies, estimates);
    double[] levels = objective.levels(values);
    double loss = 0;
    List<int[]> microBatches = batch.microBatches(differentiated, microBatchSize);
    for (int m = 0; m < microBatches.size(); m++) {
      int[] rows = microBatches.get(m);
      Pass pass = new Pass(values, levels, rows);
      double[] logProbs = pass.accumulate(step, m, batch);
      if (!separately) {
        for (int j = 0; j < rows.length; j++) {
          logPolicies[rows[j]] = logProbs[j];
        }
      }
      loss += pass.loss;
      progress.run();
    }
    return new Result(logPolicies, loss);
  }

  /** The forward and backward pass of one micro-batch. */
  private final class Pass {
    private final BatchValues batch;
    private final double[] levels;
    private final int[] rows;
    private double loss;

    Pass(BatchValues batch, double[] levels, int[] rows) {
      this.batch = batch;
      this.levels = levels;
      this.rows = rows;
    }

    double[] accumulate(long step, int microBatch, BatchArrays arrays) {
      if (dropout > 0) {
        Torch.seed(Seeds.seed(seed, Seeds.Purpose.DROPOUT, step, microBatch));
      }
      return training.accumulate(prefix, arrays.tokens(rows), dropout, this::coefficients);
    }

    private double[] coefficients(double[] logProbs) {
      double[] c =
          objective.coefficients(batch.rows(rows, logProbs), BatchValues.pick(levels, rows));
      Arrays.setAll(c, j -> c[j] / batch.size());
      for (int j = 0; j < c.length; j++) {
        loss -= c[j] * logProbs[j];
      }
      return c;
    }
  }
}

package io.tributary.learn;

import io.tributary.config.LearnerConfig;
import io.tributary.data.Batch;
import io.tributary.data.Measurements;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Seeds;
import io.tributary.model.GptTraining;
import io.tributary.model.SequenceScores;
import io.tributary.objective.Objective;
import io.tributary.objective.PartitionFunction;
import io.tributary.objective.ReplacementWindow;
import io.tributary.tensor.LearningRate;
import io.tributary.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One gradient step of Algorithm 1 (Korbak et al. 2022, arXiv:2206.00761) after the other, on
 * batches of scored sequences.
 *
 * <p>A batch is learned with the estimate of Z from the batches before it, and enters Z afterwards;
 * the policy is judged on it for the next replacement of the proposal as it was before it learned
 * from it. For one thread.
 */
final class PolicyTrainer {

  /**
   * What a step did.
   *
   * @param finite whether loss and gradient were finite; if not, the weights were left alone
   */
  record Step(Measurements measurements, boolean finite) {}

  private final GptTraining training;
  private final SequenceScores frozenPass;
  private final Objective objective;
  private final LearnerConfig config;
  private final LearningRate learningRate;
  private final int[] prefix;
  private final long seed;
  private final StepMeasurements measurements;
  private final PartitionFunction partitionFunction;
  private final ReplacementWindow window;

  PolicyTrainer(
      GptTraining training,
      Objective objective,
      LearnerConfig config,
      LearningRate learningRate,
      int[] prefix,
      long seed,
      StepMeasurements measurements,
      PartitionFunction partitionFunction,
      ReplacementWindow window) {
    this.training = training;
    this.frozenPass = new SequenceScores(training.model(), config.microBatchSize());
    this.objective = objective;
    this.config = config;
    this.learningRate = learningRate;
    this.prefix = prefix.clone();
    this.seed = seed;
    this.measurements = measurements;
    this.partitionFunction = partitionFunction;
    this.window = window;
  }

  GptTraining training() {
    return training;
  }

  PartitionFunction partitionFunction() {
    return partitionFunction;
  }

  ReplacementWindow window() {
    return window;
  }

  /** Lets sequences enter the estimate of Z that are not trained on. */
  void bootstrap(Batch.Bootstrap batch) {
    partitionFunction.add(
        batch.sequences().stream().mapToDouble(ScoredSequence::logWeight).toArray());
  }

  /**
   * One gradient step.
   *
   * @param step steps made before this one
   * @param progress called after every micro-batch
   */
  Step learn(long step, Batch.Training batch, Runnable progress) {
    BatchArrays arrays = BatchArrays.of(batch.sequences());
    PartitionFunction.Estimate z = partitionFunction.estimate();
    training.zeroGradients();
    Passes passes = new Passes(step, arrays, z);
    passes.run(progress);
    double gradientNorm = training.gradientNorm();
    boolean finite = Double.isFinite(gradientNorm) && Double.isFinite(passes.loss);
    double rate = learningRate.at(step);
    if (finite) {
      training.update(rate, gradientNorm, config.optimizer().maxGradNorm());
    }
    double[] logPolicyRatios = arrays.logRatios(passes.logPolicies);
    partitionFunction.add(arrays.logWeights());
    window.add(arrays.proposalVersions(), arrays.logWeights(), logPolicyRatios, z);
    Measurements measured =
        measurements.of(arrays, passes.logPolicies, z, objective, partitionFunction.estimate());
    measured
        .put("learner_loss", passes.loss)
        .put("learner_gradient_norm", gradientNorm)
        .put("learner_learning_rate", rate);
    return new Step(measured, finite);
  }

  /** The forward and backward passes of one step over its micro-batches. */
  private final class Passes {
    private final long step;
    private final BatchArrays arrays;
    private final PartitionFunction.Estimate z;
    private final double[] logPolicies;
    private double loss;

    Passes(long step, BatchArrays arrays, PartitionFunction.Estimate z) {
      this.step = step;
      this.arrays = arrays;
      this.z = z;
      this.logPolicies = new double[arrays.size()];
    }

    void run(Runnable progress) {
      int[] all = IntStream.range(0, arrays.size()).toArray();
      int[] differentiated =
          objective.needsGradientAtZeroWeight()
              ? all
              : IntStream.of(all).filter(arrays::isPositive).toArray();
      boolean separately = config.dropout() > 0 || differentiated.length < all.length;
      if (separately) {
        // diagnostics are made with dropout off, and of sequences that need no gradient too
        double[] logProbs = frozenPass.logProbs(prefix, arrays.tokens());
        System.arraycopy(logProbs, 0, logPolicies, 0, logProbs.length);
      }
      List<int[]> tokens =
          IntStream.of(differentiated).mapToObj(i -> arrays.tokens().get(i)).toList();
      List<int[]> microBatches = SequenceScores.byLength(tokens, config.microBatchSize());
      for (int m = 0; m < microBatches.size(); m++) {
        int[] rows = IntStream.of(microBatches.get(m)).map(i -> differentiated[i]).toArray();
        double[] logProbs = accumulate(m, rows);
        if (!separately) {
          for (int j = 0; j < rows.length; j++) {
            logPolicies[rows[j]] = logProbs[j];
          }
        }
        progress.run();
      }
    }

    private double[] accumulate(int microBatch, int[] rows) {
      if (config.dropout() > 0) {
        Torch.seed(Seeds.seed(seed, Seeds.Purpose.DROPOUT, step, microBatch));
      }
      List<int[]> tokens = new ArrayList<>(rows.length);
      for (int row : rows) {
        tokens.add(arrays.tokens().get(row));
      }
      return training.accumulate(
          prefix, tokens, config.dropout(), logProbs -> coefficients(rows, logProbs));
    }

    private double[] coefficients(int[] rows, double[] logProbs) {
      double[] logRatios = new double[rows.length];
      for (int j = 0; j < rows.length; j++) {
        logRatios[j] = logProbs[j] - arrays.logProposals()[rows[j]];
      }
      double[] logWeights = IntStream.of(rows).mapToDouble(i -> arrays.logWeights()[i]).toArray();
      double[] c = objective.coefficients(logWeights, logRatios, z);
      for (int j = 0; j < c.length; j++) {
        c[j] /= arrays.size();
        loss -= c[j] * logProbs[j];
      }
      return c;
    }
  }

  /** A batch as arrays over its N sequences. */
  record BatchArrays(
      List<ScoredSequence> sequences,
      List<int[]> tokens,
      long[] proposalVersions,
      double[] logWeights,
      double[] logProposals,
      double[] logBases) {

    static BatchArrays of(List<ScoredSequence> sequences) {
      return new BatchArrays(
          sequences,
          sequences.stream().map(s -> s.sequence().tokens()).toList(),
          sequences.stream().mapToLong(s -> s.sequence().proposalVersion()).toArray(),
          sequences.stream().mapToDouble(ScoredSequence::logWeight).toArray(),
          sequences.stream().mapToDouble(s -> s.sequence().logProposal()).toArray(),
          sequences.stream().mapToDouble(ScoredSequence::logBase).toArray());
    }

    int size() {
      return sequences.size();
    }

    boolean isPositive(int i) {
      return logWeights[i] > Double.NEGATIVE_INFINITY;
    }

    /** log v = log pi - log q. */
    double[] logRatios(double[] logPolicies) {
      double[] ratios = new double[logPolicies.length];
      Arrays.setAll(ratios, i -> logPolicies[i] - logProposals[i]);
      return ratios;
    }

    /** Values of feature {@code i}. */
    double[] feature(int i) {
      return sequences.stream().mapToDouble(s -> s.features()[i]).toArray();
    }
  }
}

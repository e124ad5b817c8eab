package io.tributary.stage.learn.update;

import io.tributary.config.LearnerConfig;
import io.tributary.metrics.Measurements;
import io.tributary.model.ModelTraining;
import io.tributary.objective.Objective;
import io.tributary.objective.RunningEstimates;

/** One update with the gradient of the whole batch. For one thread. */
final class SingleUpdate implements UpdateRule {
  private final ModelTraining training;
  private final Objective objective;
  private final GradientPasses passes;
  private final double maxGradNorm;

  SingleUpdate(
      ModelTraining training, Objective objective, LearnerConfig config, int[] prefix, long seed) {
    this.training = training;
    this.objective = objective;
    this.passes = new GradientPasses(training, objective, config, prefix, seed);
    this.maxGradNorm = config.optimizer().maxGradNorm();
  }

  @Override
  public Outcome learn(
      long step,
      BatchArrays batch,
      RunningEstimates estimates,
      double learningRate,
      Runnable progress) {
    training.zeroGradients();
    GradientPasses.Result result = passes.accumulate(step, batch, estimates, progress);
    double gradientNorm = training.gradientNorm();
    boolean finite = Double.isFinite(gradientNorm) && Double.isFinite(result.loss());
    if (finite) {
      training.update(learningRate, gradientNorm, maxGradNorm);
    }
    return new Outcome(
        result.logPolicies(), result.loss(), gradientNorm, finite, new Measurements());
  }

  @Override
  public Objective objective() {
    return objective;
  }
}

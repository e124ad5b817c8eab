package io.tributary.stage.learn.update;

import io.tributary.config.OptimizerConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.data.Batch;
import io.tributary.metrics.Label.Weight;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.model.Distillation;
import io.tributary.model.ModelTraining;
import io.tributary.model.guide.TokenGuide;
import io.tributary.objective.BatchValues;
import io.tributary.objective.KlPenalty;
import io.tributary.objective.Objective;
import io.tributary.objective.Reward;
import io.tributary.objective.RunningEstimates;
import io.tributary.objective.estimate.ClippedWeights;
import io.tributary.objective.estimate.ControlFit;
import io.tributary.objective.estimate.PartitionFunction;
import io.tributary.objective.estimate.ReplacementWindow;
import io.tributary.objective.estimate.RunningMean;
import io.tributary.objective.estimate.WeightTails;
import io.tributary.tensor.LearningRate;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Makes the steps of Algorithm 1 (Korbak et al. 2022, arXiv:2206.00761) on batches of scored
 * sequences.
 *
 * <p>A batch is learned with the estimate of Z from the batches before it and enters the estimate
 * afterwards. For the next replacement of the proposal, the policy is judged on the batch as it was
 * before it learned from it. Not thread-safe.
 */
public final class PolicyTrainer implements AutoCloseable {

  /**
   * The result of a step.
   *
   * @param finite whether loss and gradient were finite; if not, the step made no further updates
   */
  public record Step(Measurements measurements, boolean finite) {}

  /**
   * The estimates that are carried from batch to batch.
   *
   * @param partitionFunction Z
   * @param signals mean of the objective's signal
   * @param window of the next decision on the proposal
   * @param tails of the importance weights
   * @param control coefficient of the control variate
   * @param clipped what clipping has taken out of the weights
   * @param penalty weight of the divergence from the base model
   */
  public record Estimators(
      PartitionFunction partitionFunction,
      RunningMean signals,
      ReplacementWindow window,
      WeightTails tails,
      ControlFit control,
      ClippedWeights clipped,
      KlPenalty penalty) {

    /** The estimates that the next batch is learned with. */
    RunningEstimates current() {
      return new RunningEstimates(
          partitionFunction.estimate(), signals.mean(), control.coefficients());
    }
  }

  private final ModelTraining training;
  private final @Nullable Distillation distillation;
  private final Credit credit;
  private final UpdateRule rule;
  private final GradientVariance gradientVariance;
  private final Reward reward;
  private final List<String> features;
  private final Estimators estimators;
  private final boolean clips;
  private LearningRate learningRate;

  /**
   * The trainer that the configuration describes.
   *
   * @param training of the policy, with a value head where the objective needs one
   * @param distillation towards the base model, where the objective needs it; closed with this
   * @param guide has the milestones, where the objective needs them
   * @param prefix tokens that every sequence follows
   * @param features names of the target's features, in their order
   */
  public PolicyTrainer(
      ModelTraining training,
      @Nullable Distillation distillation,
      TokenGuide guide,
      TributaryConfig config,
      int[] prefix,
      List<String> features,
      Estimators estimators) {
    OptimizerConfig optimizer = config.learner().optimizer();
    this.training = training;
    this.distillation = distillation;
    this.credit = Credit.of(config.objective(), training, distillation, guide, prefix);
    this.rule =
        config.objective().isProximal()
            ? new ProximalUpdates(training, config, prefix, estimators.penalty())
            : new SingleUpdate(training, Objective.of(config.objective()), credit, config, prefix);
    this.gradientVariance = new GradientVariance(training, credit, config, prefix);
    this.reward = Reward.of(config.objective(), config.target());
    this.features = features;
    this.estimators = estimators;
    this.clips = optimizer.maxGradNorm() > 0;
    this.learningRate =
        new LearningRate(
            optimizer.learningRate(),
            optimizer.warmupSteps(),
            optimizer.schedule(),
            config.totalSteps().orElse(Long.MAX_VALUE));
  }

  /**
   * Changes the learning rate, within the same schedule, and the interval of the variance.
   *
   * @param highestRate the highest learning rate of the schedule
   * @param varianceInterval steps between two measurements of the gradient's variance; 0 for none
   */
  public void adjust(double highestRate, int varianceInterval) {
    learningRate = learningRate.withHighest(highestRate);
    gradientVariance.interval(varianceInterval);
  }

  /** The policy with its optimizer and, if there is one, its value head. */
  public ModelTraining training() {
    return training;
  }

  public Estimators estimators() {
    return estimators;
  }

  /** Adds sequences of the base model, which is still the policy, to the estimates. */
  public void bootstrap(Batch.Bootstrap batch) {
    BatchArrays arrays = BatchArrays.of(batch.sequences(), reward);
    estimators.partitionFunction().add(Arrays.copyOf(arrays.logWeights(), batch.estimating()));
    BatchValues values = arrays.values(arrays.logBases(), estimators.current());
    estimators.signals().add(rule.objective().signals(values));
    estimators.control().add(credit.control(arrays, estimators.partitionFunction().estimate()));
  }

  /**
   * One step.
   *
   * @param step steps made before this one
   * @param progress called after every micro-batch
   */
  public Step learn(long step, Batch.Training batch, Runnable progress) {
    BatchArrays arrays = BatchArrays.of(batch.sequences(), reward);
    RunningEstimates estimates = estimators.current();
    Objective objective = rule.objective();
    OptionalDouble variance =
        gradientVariance.isDue(step + 1)
            ? OptionalDouble.of(gradientVariance.of(objective, arrays, estimates, progress))
            : OptionalDouble.empty();
    double rate = learningRate.at(step);
    UpdateRule.Outcome outcome = rule.learn(step, arrays, estimates, rate, progress);
    BatchValues values = arrays.values(outcome.logPolicies(), estimates);
    estimators.partitionFunction().add(arrays.logWeights());
    estimators.signals().add(objective.signals(values));
    estimators.control().add(outcome.control());
    estimators.tails().add(arrays.logWeights(), values.logPolicyRatios());
    if (!estimators.window().isFresh()) {
      estimators
          .window()
          .add(
              arrays.proposalVersions(),
              arrays.logWeights(),
              values.logPolicyRatios(),
              estimates.z());
    }
    Measurements measured =
        StepMeasurements.of(
            features, arrays, values, objective, estimators.partitionFunction().estimate());
    measured
        .put(Metric.LEARNER_LOSS, outcome.loss())
        .put(Metric.LEARNER_GRADIENT_NORM, outcome.gradientNorm())
        .put(Metric.LEARNER_LEARNING_RATE, rate)
        .put(Metric.PARETO_K, estimators.tails().targetShape(), Weight.P_Q)
        .put(Metric.PARETO_K, estimators.tails().policyShape(), Weight.PI_Q)
        .put(outcome.measurements());
    variance.ifPresent(value -> measured.put(Metric.GRADIENT_VARIANCE, value));
    if (clips) {
      estimators.clipped().add(arrays.logWeights(), estimates.z(), outcome.clipFactor());
      measured
          .put(Metric.CLIPPED_NORM_RATIO, 1 - outcome.clipFactor())
          .put(Metric.CLIPPED_WEIGHT_RATIO, estimators.clipped().share());
    }
    return new Step(measured, outcome.finite());
  }

  /** Frees what training needs; the model remains, as one that is not trained. */
  @Override
  public void close() {
    training.close();
    if (distillation != null) {
      distillation.close();
    }
  }
}

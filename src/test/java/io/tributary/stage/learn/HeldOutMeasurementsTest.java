package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.protocol.LearnerEvent.ProposalJudged;
import io.tributary.stage.learn.checkpoint.Checkpoint;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is measured of published policies, against a model whose sequences are enumerated. */
@ExtendWith(TorchExtension.class)
class HeldOutMeasurementsTest {
  private static final Map<String, String> FAST =
      Map.of(
          "publish.interval-steps", "1000",
          "learner.optimizer.learning-rate", "0.5",
          "learner.optimizer.max-grad-norm", "1e-3");

  @TempDir Path directory;
  private TinyWorld world;
  private TinyTraining training;

  @BeforeEach
  void begin() throws IOException {
    world = TinyWorld.arbitrary(directory);
    training = new TinyTraining(world, directory, FAST);
    training.bootstrap();
  }

  @AfterEach
  void end() {
    training.close();
    world.close();
  }

  private ProposalJudged afterSteps(int n) {
    for (int i = 0; i < n; i++) {
      training.step();
    }
    return training.run.judgeProposal(() -> {});
  }

  /** The mean over the held-out sequences, which all have the same weight. */
  private double mean(double[] values) {
    return training.run.targetSample().entries().stream()
        .mapToDouble(entry -> values[world.texts.indexOf(entry.text())])
        .average()
        .orElseThrow();
  }

  @Test
  void theDivergenceIsThatOfThePolicyAndItsRiseThatFromTheBest() {
    double[] before = training.logPolicies();
    Measurements measured = afterSteps(6).measurements();
    double[] after = training.logPolicies();

    assertThat(measured.get(Metric.HELD_OUT_KL_NATS))
        .isCloseTo(
            training.klFromTarget(), within(4 * measured.get(Metric.HELD_OUT_KL_STDERR_NATS)));
    assertThat(measured.get(Metric.HELD_OUT_RISE_NATS))
        .isCloseTo(mean(before) - mean(after), within(1e-4))
        .isGreaterThan(0.1);
    assertThat(measured.get(Metric.HELD_OUT_BEST_STEP)).isZero();
    assertThat(measured.get(Metric.POLICY_LOSING_TARGET)).as("%s", measured.values()).isEqualTo(1);
    assertThat(measured.get(Metric.PROPOSAL_GUIDE_NATS)).isZero();
    assertThat(measured.get(Metric.PROPOSAL_MISSED_RATIO)).as("of the base model").isZero();
    assertThat(measured.get(Metric.PROPOSAL_EFFECTIVE_SAMPLE_SIZE_RATIO))
        .as("of a hard constraint with all of Z")
        .isCloseTo(training.run.partitionFunction().value(), within(1e-4));
  }

  @Test
  void aResumedRunHoldsItAgainstTheSameBest() throws IOException {
    afterSteps(2);
    Checkpoint checkpoint = training.run.checkpoint();
    assertThat(checkpoint.state().best()).isNotNull();
    assertThat(checkpoint.state().clipped().clipped()).isPositive();
    training.run.files().write(checkpoint);
    try (TrainingRun resumed =
        TinyTraining.setup(world, TinyTraining.config(directory, FAST), directory)
            .resume(training.run.files().checkpoints().read(2, world.config))) {
      assertThat(resumed.checkpoint().state()).isEqualTo(checkpoint.state());
      var batch = training.batch();
      Measurements expected = training.run.learn(batch, () -> {}).measurements();
      assertThat(resumed.learn(batch, () -> {}).measurements().values())
          .isEqualTo(expected.values());
      assertThat(expected.get(Metric.CLIPPED_WEIGHT_RATIO)).isBetween(0.0, 1.0);
      assertThat(resumed.judgeProposal(() -> {}).measurements().values())
          .isEqualTo(training.run.judgeProposal(() -> {}).measurements().values());
    }
  }

  @Test
  void clippingTellsWhatItTakes() {
    Measurements step = training.step().measurements();
    double norm = step.get(Metric.LEARNER_GRADIENT_NORM);
    assertThat(norm).isGreaterThan(1e-3);
    assertThat(step.get(Metric.CLIPPED_NORM_RATIO)).isCloseTo(1 - 1e-3 / norm, within(1e-12));
    assertThat(step.get(Metric.CLIPPED_WEIGHT_RATIO))
        .as("after a single step")
        .isCloseTo(1 - 1e-3 / norm, within(1e-12));
  }

  @Test
  void nothingIsMeasuredWithoutHeldOutSequences() throws IOException {
    training.close();
    training =
        new TinyTraining(
            world, directory, Map.of("proposal.window", "running", "publish.interval-steps", "9"));
    training.bootstrap();
    assertThat(afterSteps(1).measurements().isEmpty()).isTrue();
    assertThat(training.run.checkpoint().state().best()).isNull();
  }
}

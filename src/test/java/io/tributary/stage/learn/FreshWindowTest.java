package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.tributary.data.DrawOrder;
import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.ScoredDraw;
import io.tributary.model.LanguageModel;
import io.tributary.model.SamplingSettings;
import io.tributary.model.SequenceScores;
import io.tributary.model.guide.TokenGuide;
import io.tributary.objective.estimate.Divergences;
import io.tributary.objective.estimate.PartitionFunction;
import io.tributary.objective.estimate.PointEstimate;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.score.DrawScoring;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.training.PartitionFunctions;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TorchExtension.class)
class FreshWindowTest {
  private static final int DRAWN = 10_000;
  private static TinyWorld world;
  private static LanguageModel proposal;
  private static LanguageModel policy;

  @BeforeAll
  static void makeModels(@TempDir Path directory) throws IOException {
    world = TinyWorld.arbitrary(directory);
    proposal = world.model(13);
    policy = world.model(12);
  }

  @AfterAll
  static void closeModels() {
    List.of(proposal, policy).forEach(LanguageModel::close);
    world.close();
  }

  private static JudgedWindow judge(long step, int sequences, double temperature) {
    SamplingSettings settings = new SamplingSettings(TinyWorld.LENGTH, true, temperature, 0, 1);
    try (ProposalSampling sampling =
            new ProposalSampling(
                world.config, Device.cpu(), 1000, world.prefix, settings, TokenGuide.NONE, 5);
        DrawScoring scoring = world.scoring()) {
      sampling.takeOver(TinyWorld.snapshot(proposal, 7));
      DrawOrder order = new DrawOrder(step, 7, DrawOrder.Purpose.WINDOW, sequences);
      ScoredDraw window =
          scoring.score(sampling.draw(order, () -> {}), world.target.lambdas(), () -> {});
      assertThat(window.dropped()).isZero();
      return JudgedWindow.of(window, new SequenceScores(policy, 1000), world.prefix, () -> {});
    }
  }

  @Test
  void whatFreshSequencesTellAgreesWithTheListedDivergences() {
    JudgedWindow judged = judge(3, DRAWN, 1);
    assertThat(judged.logWeights()).hasSize(DRAWN);
    assertThat(judged.versions()).hasSize(DRAWN).containsOnly(7);
    PartitionFunction weights = PartitionFunctions.running();
    weights.add(judged.logWeights());
    PartitionFunctionEstimate z = weights.estimate();
    assertThat(z.value()).isEqualTo(world.z(), within(4 * z.standardError()));

    var exact = new PartitionFunctionEstimate(Math.log(world.z()), 0, 1000, 100, 100);
    double[] p = world.target();
    assertWithin(
        Divergences.klTargetPolicy(judged.logWeights(), judged.logPolicyRatios(), exact),
        TinyWorld.kl(p, world.logProbs(policy)));
    assertWithin(
        Divergences.klTargetProposal(judged.logWeights(), exact),
        TinyWorld.kl(p, world.logProbs(proposal)));
  }

  /** Were log q that of the model without temperature, the weights would not average to Z. */
  @Test
  void theTemperatureOfTheSamplersIsPartOfLogQ() {
    PartitionFunction weights = PartitionFunctions.running();
    weights.add(judge(3, DRAWN, 2).logWeights());
    PartitionFunctionEstimate z = weights.estimate();
    assertThat(z.value()).isEqualTo(world.z(), within(4 * z.standardError()));
    assertThat(z.relativeStandardError()).isLessThan(0.05);
  }

  @Test
  void theStepSeedsTheSequences() {
    JudgedWindow judged = judge(3, 50, 1);
    assertThat(judge(3, 50, 1).logWeights()).containsExactly(judged.logWeights());
    assertThat(judge(4, 50, 1).logWeights()).isNotEqualTo(judged.logWeights());
  }

  private static void assertWithin(PointEstimate estimate, double listed) {
    assertThat(estimate.standardError()).isBetween(0.0, 0.1);
    assertThat(estimate.value()).isEqualTo(listed, within(4 * estimate.standardError()));
  }
}

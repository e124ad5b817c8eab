package io.tributary.stage.learn.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.TributaryConfig;
import io.tributary.config.objective.ObjectiveConfig;
import io.tributary.data.Batch;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import io.tributary.model.Distillation;
import io.tributary.model.Gradients;
import io.tributary.model.LanguageModel;
import io.tributary.model.ModelTraining;
import io.tributary.model.guide.TokenGuide;
import io.tributary.objective.KlPenalty;
import io.tributary.objective.estimate.ClippedWeights;
import io.tributary.objective.estimate.ControlFit;
import io.tributary.objective.estimate.ReplacementWindow;
import io.tributary.objective.estimate.RunningMean;
import io.tributary.objective.estimate.WeightTails;
import io.tributary.stage.learn.TinyTraining;
import io.tributary.stage.score.DrawScoring;
import io.tributary.tensor.AdamW;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.training.PartitionFunctions;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A batch with every sequence once, from a proposal that draws all of them equally often, is an
 * expectation: its gradient is the same however it is divided among the tokens.
 */
@ExtendWith(TorchExtension.class)
class CreditTest {
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.999, 1e-8, 0);
  @TempDir private static Path shared;
  private static TinyWorld world;
  private static LanguageModel policy;
  private static List<ScoredSequence> all;

  @TempDir private Path directory;

  @BeforeAll
  static void listAllSequences() throws IOException {
    world = TinyWorld.word(shared, "blue");
    policy = world.model(12);
    List<Sequence> sequences = new ArrayList<>();
    for (int[] tokens : world.sequences) {
      sequences.add(new Sequence(0, sequences.size(), tokens, equallyOften(tokens), 1));
    }
    try (DrawScoring scoring = world.scoring()) {
      all = world.score(scoring, new Draw(0, DrawOrder.Purpose.TRAINING, 1, sequences));
    }
  }

  @AfterAll
  static void close() {
    policy.close();
    world.close();
  }

  /** log q of each token where all sequences are as likely. */
  private static double[] equallyOften(int[] tokens) {
    double[] logs = new double[tokens.length];
    Arrays.setAll(logs, t -> Math.log((double) begun(tokens, t + 1) / begun(tokens, t)));
    return logs;
  }

  private static long begun(int[] tokens, int count) {
    return world.sequences.stream()
        .filter(other -> other.length >= count && Arrays.equals(other, 0, count, tokens, 0, count))
        .count();
  }

  private double[] gradient(boolean knowsZ, Map<String, String> overrides) throws IOException {
    TributaryConfig config = TinyTraining.config(directory, overrides);
    Distillation distillation =
        config.objective().credit() == ObjectiveConfig.Credit.PREFIX_DISTILLED
            ? new Distillation(world.copy(world.base))
            : null;
    try (LanguageModel model = world.copy(policy);
        PolicyTrainer trainer =
            new PolicyTrainer(
                new ModelTraining(model, SETTINGS),
                distillation,
                TokenGuide.NONE,
                config,
                world.prefix,
                List.of("chosen"),
                new PolicyTrainer.Estimators(
                    PartitionFunctions.running(),
                    RunningMean.create(),
                    ReplacementWindow.create(config.proposal(), 1),
                    WeightTails.create(),
                    new ControlFit(ControlFit.State.EMPTY),
                    new ClippedWeights(ClippedWeights.State.EMPTY),
                    new KlPenalty(config.objective())))) {
      if (knowsZ) {
        trainer.bootstrap(new Batch.Bootstrap(all, 1));
      }
      assertThat(trainer.learn(5, new Batch.Training(all, 2), () -> {}).finite()).isTrue();
      return Gradients.of(trainer.training());
    }
  }

  @Test
  void someAreDecidedBeforeTheyEnd() {
    assertThat(all).hasSize(781).anyMatch(s -> s.decidedAt() < s.sequence().tokens().length);
    assertThat(all.stream().mapToDouble(s -> Math.exp(s.sequence().logProposal())).sum())
        .isEqualTo(1, within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({
    "gdc,   prefix,           false, true,  64",
    "gdc,   prefix,           true,  false, 31",
    "gdc,   prefix-distilled, true,  true,  64",
    "gdc,   prefix-distilled, false, false, 7",
    "gdc++, sequence,         true,  true,  64",
    "gdc++, prefix,           true,  true,  64",
    "gdc++, prefix,           true,  true, 7",
    "gdc++, prefix,           false, true, 31",
    "gdc++, prefix,           false, false, 64",
    "gdc++, prefix-distilled, true,  true,  64",
    "gdc++, prefix-distilled, true,  true, 7",
    "gdc++, prefix-distilled, false, true, 31",
    "gdc++, prefix-distilled, false, false, 64"
  })
  void theExpectedGradientIsTheSameForEveryCredit(
      String type, String credit, boolean normalises, boolean knowsZ, int rows) throws IOException {
    String normalise = String.valueOf(normalises);
    double[] expected =
        gradient(knowsZ, Map.of("objective.type", "gdc", "objective.normalise-by-z", normalise));
    double[] found =
        gradient(
            knowsZ,
            Map.of(
                "objective.type", type,
                "objective.credit", credit,
                "objective.normalise-by-z", normalise,
                "learner.micro-batch-size", String.valueOf(rows)));
    double norm = Math.sqrt(Arrays.stream(expected).map(g -> g * g).sum());
    assertThat(norm).isPositive();
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).isEqualTo(expected[i], within(1e-4 * norm));
    }
  }
}

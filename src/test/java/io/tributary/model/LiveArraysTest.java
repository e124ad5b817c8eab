package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.tributary.data.Seeds;
import io.tributary.model.AncestralSampler.Sampled;
import io.tributary.tensor.AdamW;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.LiveArrays;
import io.tributary.testing.model.TinyModels;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TorchExtension.class)
class LiveArraysTest {
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.999, 1e-8, 0.01);

  @Slow
  @Test
  void roundsOfSamplingScoringAndLearningLeaveNoArrayBehind() {
    try (LanguageModel proposal = TinyModels.tied(3000, 12, 1);
        LanguageModel policy = TinyModels.tied(3000, 12, 1);
        ModelTraining training = new ModelTraining(policy, SETTINGS)) {
      rounds(0, 5, proposal, policy, training);
      long before = LiveArrays.count();
      rounds(5, 50, proposal, policy, training);
      assertThat(LiveArrays.count()).isEqualTo(before);
    }
  }

  @Test
  void aRefusedBatchLeavesNoArrayBehind() {
    try (LanguageModel model = TinyModels.tied(7, 8, 1);
        ModelTraining training = new ModelTraining(model, SETTINGS)) {
      long before = LiveArrays.count();
      for (int i = 0; i < 3; i++) {
        assertThat(
                org.assertj.core.api.Assertions.catchThrowable(
                    () ->
                        training.accumulate(
                            model.config().beginning(),
                            List.of(new int[] {1, 2}),
                            0.1,
                            any -> {
                              throw new IllegalStateException("as asked");
                            })))
            .isInstanceOf(IllegalStateException.class);
      }
      assertThat(LiveArrays.count()).isEqualTo(before);
    }
  }

  @Test
  void closingFreesWeightsGradientsAndMoments() {
    long before = LiveArrays.count();
    LanguageModel model = TinyModels.tied(7, 8, 1);
    NDManager manager = model.manager();
    NDArray weight = model.output();
    ModelTraining training = new ModelTraining(model, SETTINGS);
    rounds(0, 1, model, model, training);
    long weights = model.weights().size();
    assertThat(LiveArrays.count()).isEqualTo(before + 4 * weights);

    training.close();
    assertThat(LiveArrays.count()).isEqualTo(before + weights);
    assertThat(weight.isReleased()).isFalse();

    model.close();
    assertThat(LiveArrays.count()).isEqualTo(before);
    assertThat(weight.isReleased()).isTrue();
    assertThat(manager.isOpen()).isFalse();
    training.close();
  }

  private static void rounds(
      int from, int to, LanguageModel proposal, LanguageModel policy, ModelTraining training) {
    int[] beginning = policy.config().beginning();
    for (int round = from; round < to; round++) {
      SamplingSettings settings =
          switch (round % 3) {
            case 0 -> SamplingSettings.plain(8, true);
            case 1 -> SamplingSettings.plain(8, false);
            default -> new SamplingSettings(8, true, 0.9, 0, 0.9);
          };
      List<int[]> sequences =
          new AncestralSampler(proposal, settings)
              .draw(beginning, 8, Seeds.generator(1, Seeds.Purpose.DRAW, round), () -> {}).stream()
                  .map(Sampled::tokens)
                  .toList();
      new AncestralSampler(proposal, SamplingSettings.plain(4, true))
          .draw(new int[] {1, 2}, 2, Seeds.generator(2, Seeds.Purpose.DRAW, round), () -> {});
      new SequenceScores(policy, 3).logProbs(beginning, sequences);
      training.zeroGradients();
      training.accumulate(beginning, sequences.subList(0, 4), 0.1, logProbs -> logProbs);
      training.accumulate(beginning, sequences.subList(4, 8), 0, logProbs -> logProbs);
      training.update(1e-3, training.gradientNorm(), 1);
      proposal.load(policy.snapshot());
      training.optimizer().restore(round + 1, training.optimizer().state());
    }
  }
}

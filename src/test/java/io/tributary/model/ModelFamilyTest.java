package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.tributary.data.BadInputException;
import io.tributary.data.Seeds;
import io.tributary.data.TensorBytes;
import io.tributary.model.AncestralSampler.Sampled;
import io.tributary.tensor.AdamW;
import io.tributary.tensor.FloatType;
import io.tributary.tensor.SafeTensors;
import io.tributary.testing.TorchExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The family {@code averaging} is a folder and a line of {@code META-INF/services}, both of tests.
 */
@ExtendWith(TorchExtension.class)
class ModelFamilyTest {
  private static final String CONFIG =
      """
      {"model_type": "averaging", "hidden_size": 6, "max_position_embeddings": 9,
       "vocab_size": 5, "eos_token_id": [3, 4]}
      """;

  @TempDir Path directory;

  @BeforeEach
  void writeAModel() throws IOException {
    Path tokenizer = Files.writeString(directory.resolve("some.json"), "{}");
    Path config = Files.writeString(directory.resolve("some-config.json"), CONFIG);
    DecoderConfig read = DecoderConfig.read(config);
    ModelDirectory.write(directory, read, read.initialise(1), tokenizer, FloatType.F32);
  }

  @Test
  void theModelTypeOfADirectoryChoosesTheFamily() {
    ModelDirectory opened = ModelDirectory.open(directory);
    DecoderConfig config = opened.config();
    assertThat(config.getClass().getPackageName()).isEqualTo("io.tributary.model.averaging");
    assertThat(config.endTokens()).containsExactly(3, 4);
    assertThat(config.parameters()).isEqualTo(60);
    assertThat(config.cacheBytes(2, 9)).isEqualTo(2 * 4 * 2 * 9 * 6);
    assertThat(opened.weights())
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(config.initialise(1));
    assertThat(SafeTensors.read(directory.resolve(ModelDirectory.WEIGHTS), name -> true))
        .containsOnlyKeys("model.embed_tokens.weight", "lm_head.weight");
  }

  @Test
  void whatIsSampledWithTheCacheHasTheProbabilityThatScoringFinds() {
    try (LanguageModel model = open()) {
      int[] prefix = {0, 2};
      List<Sampled> drawn =
          new AncestralSampler(model, SamplingSettings.plain(8, true))
              .draw(prefix, 200, Seeds.generator(1, Seeds.Purpose.SAMPLE, 0), () -> {});
      double[] scores =
          new SequenceScores(model, 64)
              .logProbs(prefix, drawn.stream().map(Sampled::tokens).toList());
      for (int i = 0; i < scores.length; i++) {
        assertThat(drawn.get(i).logProb()).isEqualTo(scores[i], within(1e-5));
      }
      assertThat(drawn)
          .extracting(x -> x.tokens()[x.tokens().length - 1])
          .as("both tokens end a sequence")
          .contains(3, 4);
      assertThat(drawn)
          .allSatisfy(
              x ->
                  assertThat(x.tokens())
                      .satisfiesAnyOf(
                          tokens -> assertThat(tokens).hasSize(8),
                          tokens -> assertThat(tokens[tokens.length - 1]).isIn(3, 4)));
    }
  }

  @Test
  void gradientStepsMakeASequenceLikelierAndWeightsAreTakenOver() {
    try (LanguageModel policy = open();
        LanguageModel proposal = open();
        ModelTraining training =
            new ModelTraining(policy, new AdamW.Settings(0.9, 0.999, 1e-8, 0))) {
      List<int[]> sequences = List.of(new int[] {1, 2, 1, 3});
      int[] prefix = policy.config().beginning();
      double before = new SequenceScores(policy, 1).logProbs(prefix, sequences)[0];
      for (int step = 0; step < 20; step++) {
        training.zeroGradients();
        training.accumulate(prefix, sequences, 0, logProbs -> new double[] {1});
        training.update(0.05, training.gradientNorm(), 1);
      }
      double after = new SequenceScores(policy, 1).logProbs(prefix, sequences)[0];
      assertThat(after).isGreaterThan(before + 2);
      List<TensorBytes> snapshot = policy.snapshot();
      proposal.load(snapshot);
      assertThat(new SequenceScores(proposal, 1).logProbs(prefix, sequences)[0]).isEqualTo(after);
      assertThat(new MeanStates(proposal, 2).of(sequences)[0]).hasSize(2 * 6);
    }
  }

  @Test
  void anUnknownModelTypeIsRefusedWithTheKnownOnes() throws IOException {
    Files.writeString(directory.resolve(ModelDirectory.CONFIG), "{\"model_type\": \"mamba\"}");
    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContainingAll(
            ModelDirectory.CONFIG, "model_type is \"mamba\"", "averaging", "gpt2");
  }

  private LanguageModel open() {
    ModelDirectory opened = ModelDirectory.open(directory);
    return opened.config().model(opened.weights(), Device.cpu());
  }
}

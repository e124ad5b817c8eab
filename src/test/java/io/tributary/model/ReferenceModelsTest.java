package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.google.gson.Gson;
import io.tributary.data.Seeds;
import io.tributary.data.TensorBytes;
import io.tributary.model.AncestralSampler.Sampled;
import io.tributary.tensor.AdamW;
import io.tributary.tensor.FloatType;
import io.tributary.tensor.TensorCopy;
import io.tributary.tensor.TrainedParameter;
import io.tributary.testing.TorchExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Model directories as Hugging Face writes them, with log-probabilities and gradients of an
 * independent implementation in float64 ({@code src/test/python/reference_models.py}).
 */
@ExtendWith(TorchExtension.class)
class ReferenceModelsTest {
  private static final Path MODELS = Path.of("src/test/resources/models");
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.999, 1e-8, 0);

  private record Score(int[] prefix, int[] tokens, double logProb) {}

  private record Gradient(double squares, double projection) {}

  private record Expected(
      List<Score> scores, double[] coefficients, Map<String, Gradient> gradients) {}

  static Stream<Path> models() throws IOException {
    try (Stream<Path> directories = Files.list(MODELS)) {
      return directories.sorted().toList().stream();
    }
  }

  static Stream<Path> modelsWithGradients() throws IOException {
    return models().filter(directory -> expected(directory).gradients() != null);
  }

  @ParameterizedTest
  @MethodSource("models")
  void logProbabilitiesAgreeOneByOneAndInOneBatch(Path directory) {
    try (LanguageModel model = open(directory)) {
      SequenceScores scores = new SequenceScores(model, 3);
      Expected expected = expected(directory);
      for (Score score : expected.scores()) {
        assertThat(scores.logProbs(score.prefix(), List.of(score.tokens()))[0])
            .isEqualTo(score.logProb(), within(1e-4));
      }
      List<Score> batch = fromBeginning(model, expected);
      double[] together = scores.logProbs(model.config().beginning(), tokens(batch));
      for (int i = 0; i < together.length; i++) {
        assertThat(together[i]).isEqualTo(batch.get(i).logProb(), within(1e-4));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("modelsWithGradients")
  void gradientsAgreeInEveryTensor(Path directory) {
    try (LanguageModel model = open(directory);
        ModelTraining training = new ModelTraining(model, SETTINGS)) {
      Expected expected = expected(directory);
      List<Score> batch = fromBeginning(model, expected);

      double[] logProbs =
          training.accumulate(
              model.config().beginning(), tokens(batch), 0, any -> expected.coefficients());

      for (int i = 0; i < logProbs.length; i++) {
        assertThat(logProbs[i]).isEqualTo(batch.get(i).logProb(), within(1e-4));
      }
      assertThat(training.parameters())
          .extracting(TrainedParameter::name)
          .containsExactlyInAnyOrderElementsOf(expected.gradients().keySet());
      for (TrainedParameter parameter : training.parameters()) {
        float[] got = TensorCopy.toBytes(parameter.name(), parameter.gradient()).values();
        double squares = 0;
        double projection = 0;
        for (int i = 0; i < got.length; i++) {
          squares += (double) got[i] * got[i];
          projection += got[i] * Math.cos(i);
        }
        Gradient gradient = expected.gradients().get(parameter.name());
        double norm = Math.sqrt(gradient.squares());
        assertThat(Math.sqrt(squares)).isEqualTo(norm, within(1e-4 * norm + 1e-5));
        assertThat(projection)
            .as(parameter.name())
            .isEqualTo(gradient.projection(), within(1e-4 * norm + 1e-5));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void recordedLogProbabilitiesOfFortyTokensAreTheTeacherForcedOnes(Path directory) {
    try (LanguageModel model = open(directory)) {
      int[] beginning = model.config().beginning();
      for (boolean stopAtEos : new boolean[] {true, false}) {
        List<Sampled> drawn =
            new AncestralSampler(model, SamplingSettings.plain(40, stopAtEos))
                .draw(beginning, 24, Seeds.generator(1, Seeds.Purpose.SAMPLE), () -> {});
        double[] forced =
            new SequenceScores(model, 7)
                .logProbs(beginning, drawn.stream().map(Sampled::tokens).toList());
        for (int i = 0; i < forced.length; i++) {
          assertThat(drawn.get(i).logProb()).isEqualTo(forced[i], within(1e-4));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void whatIsWrittenLoadsWithIdenticalLogProbabilities(Path directory, @TempDir Path written)
      throws IOException {
    Path tokenizer = Files.writeString(written.resolve("some.json"), "{}");
    try (LanguageModel model = open(directory)) {
      ModelDirectory.write(
          written.resolve("copy"), model.config(), model.snapshot(), tokenizer, FloatType.F32);
      try (LanguageModel copy = open(written.resolve("copy"))) {
        assertThat(copy.config()).isEqualTo(model.config());
        List<int[]> sequences = tokens(fromBeginning(model, expected(directory)));
        assertThat(new SequenceScores(copy, 8).logProbs(copy.config().beginning(), sequences))
            .containsExactly(
                new SequenceScores(model, 8).logProbs(model.config().beginning(), sequences));
      }
    }
    assertThat(written.resolve("copy").resolve(ModelDirectory.TOKENIZER)).hasContent("{}");
  }

  @ParameterizedTest
  @MethodSource("models")
  void whatWasStoredAsHalfSurvivesBeingWrittenAsHalf(Path directory, @TempDir Path written)
      throws IOException {
    ModelDirectory original = ModelDirectory.open(directory);
    Path file = written.resolve("half.safetensors");
    original.config().tensors().write(file, original.weights(), FloatType.F16);
    original.config().tensors().write(file, original.config().tensors().read(file), FloatType.F16);
    List<TensorBytes> twice = original.config().tensors().read(file);
    for (int k = 0; k < twice.size(); k++) {
      float[] half = twice.get(k).values();
      float[] full = original.weights().get(k).values();
      for (int i = 0; i < half.length; i++) {
        assertThat(half[i]).isEqualTo(full[i], within(Math.abs(full[i]) / 2048 + 0x1p-25f));
      }
    }
  }

  private static LanguageModel open(Path directory) {
    ModelDirectory opened = ModelDirectory.open(directory);
    return opened.config().model(opened.weights(), Device.cpu());
  }

  private static List<Score> fromBeginning(LanguageModel model, Expected expected) {
    return expected.scores().stream()
        .filter(score -> Arrays.equals(score.prefix(), model.config().beginning()))
        .toList();
  }

  private static List<int[]> tokens(List<Score> scores) {
    return scores.stream().map(Score::tokens).toList();
  }

  private static Expected expected(Path directory) {
    try {
      return new Gson()
          .fromJson(Files.readString(directory.resolve("expected.json")), Expected.class);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

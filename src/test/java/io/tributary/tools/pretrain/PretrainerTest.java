package io.tributary.tools.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tributary.config.ConfigLoader;
import io.tributary.config.PretrainConfig;
import io.tributary.data.BadInputException;
import io.tributary.io.LastingFiles;
import io.tributary.model.ModelDirectory;
import io.tributary.tensor.Torch;
import io.tributary.testing.Slow;
import io.tributary.testing.SmallDisk;
import io.tributary.tools.pretrain.Pretrainer.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Slow
class PretrainerTest {
  @TempDir Path directory;

  @BeforeAll
  static void loadTheEngine() {
    Torch.load(1);
  }

  @BeforeEach
  void writeText() throws IOException {
    String text =
        IntStream.range(0, 60)
            .mapToObj(i -> "the cat %d sat on the mat %d.".formatted(i, i % 7))
            .collect(Collectors.joining("\n"));
    Files.writeString(directory.resolve("text.txt"), text);
  }

  private PretrainConfig config(String output, Map<String, String> overrides) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("pretrain.conf"),
            """
            tributary.pretrain {
              model { layers = 1, heads = 2, width = 16, positions = 24 }
              tokenizer = "test-data/tokenizer/gpt2-tokenizer.json.gz"
              merges = 50
              data = [ { file = "%s", format = lines } ]
              held-out-fraction = 0.2
              max-length = 24
              steps = 30
              batch-sequences = 16
              micro-batch-size = 8
              learning-rate = 1e-2
              warmup-steps = 5
              report-interval-steps = 10
              output = "%s"
            }
            """
                .formatted(directory.resolve("text.txt"), directory.resolve(output)));
    return ConfigLoader.read(file, overrides).section(PretrainConfig.class);
  }

  private PretrainConfig config(String output) throws IOException {
    return config(output, Map.of());
  }

  private static List<Progress> train(PretrainConfig config) {
    List<Progress> progress = new ArrayList<>();
    try (Pretrainer pretrainer = Pretrainer.open(config)) {
      pretrainer.run(progress::add, () -> false);
      pretrainer.save();
    }
    return progress;
  }

  private static List<Double> perplexities(List<Progress> progress) {
    return progress.stream().flatMap(p -> p.heldOutPerplexity().stream().boxed()).toList();
  }

  @Test
  void perplexityFallsAndIsReportedPerInterval() throws IOException {
    List<Progress> progress = train(config("model"));
    List<Double> perplexities = perplexities(progress);
    assertThat(progress).hasSize(30);
    assertThat(perplexities).hasSize(3);
    assertThat(perplexities.get(2)).isLessThan(perplexities.get(0)).isBetween(1.0, 60.0);
    assertThat(progress.get(29).loss()).isLessThan(progress.get(9).loss());
  }

  @Test
  void theModelMayBeOfAnotherFamily() throws IOException {
    List<Double> perplexities =
        perplexities(train(config("model", Map.of("pretrain.model.type", "averaging"))));
    assertThat(perplexities.get(2)).isLessThan(perplexities.get(0));
    assertThat(directory.resolve("model/config.json")).content().contains("averaging");
  }

  @Test
  void anUnknownFamilyIsRefusedWithItsKey() throws IOException {
    PretrainConfig unknown = config("model", Map.of("pretrain.model.type", "mamba"));
    assertThatThrownBy(() -> Pretrainer.open(unknown))
        .isInstanceOf(BadInputException.class)
        .hasMessageContainingAll("pretrain.model.type", "mamba", "averaging", "gpt2");
  }

  @Test
  void theSavedModelIsFineTunedFromWhereItEnded() throws IOException {
    double reached = perplexities(train(config("model"))).get(2);
    Path file =
        Files.writeString(
            directory.resolve("fine.conf"),
            """
            tributary.pretrain {
              from = "%s"
              data = [ { file = "%s", format = lines } ]
              held-out-fraction = 0.2
              max-length = 24
              steps = 1
              warmup-steps = 0
              learning-rate = 1e-9
              output = "%s"
            }
            """
                .formatted(
                    directory.resolve("model"),
                    directory.resolve("text.txt"),
                    directory.resolve("fine")));
    PretrainConfig fine = ConfigLoader.read(file, Map.of()).section(PretrainConfig.class);
    assertThat(perplexities(train(fine)).get(0)).isCloseTo(reached, within(1e-4));
    ModelDirectory model = ModelDirectory.open(directory.resolve("fine"));
    assertThat(model.config().vocabulary()).isEqualTo(307);
    assertThat(model.config().endTokens()).containsExactly(306);
    String text = "the cat sat, caf\u00e9.";
    assertThat(model.tokenizer().decode(model.tokenizer().encode(text))).isEqualTo(text);
  }

  @Test
  void theSeedDecidesEverything() throws IOException {
    Map<String, String> dropout = Map.of("pretrain.dropout", "0.1");
    List<Double> first = perplexities(train(config("a", dropout)));
    assertThat(perplexities(train(config("b", dropout)))).isEqualTo(first);
    assertThat(
            perplexities(
                train(config("c", Map.of("pretrain.dropout", "0.1", "pretrain.seed", "2")))))
        .isNotEqualTo(first);
  }

  @Test
  void trainingThatIsStoppedCanBeSaved() throws IOException {
    List<Progress> progress = new ArrayList<>();
    try (Pretrainer pretrainer = Pretrainer.open(config("model"))) {
      assertThat(pretrainer.run(progress::add, () -> progress.size() == 3)).isEqualTo(3);
      pretrainer.save();
    }
    assertThat(progress).hasSize(3);
    assertThat(ModelDirectory.open(directory.resolve("model")).weights()).isNotEmpty();
  }

  @Test
  void weightsMayBeStoredInHalfTheBytes() throws IOException {
    train(config("f32", Map.of("pretrain.steps", "6")));
    train(config("f16", Map.of("pretrain.steps", "6", "pretrain.dtype", "f16")));
    long half = Files.size(directory.resolve("f16/model.safetensors"));
    long whole = Files.size(directory.resolve("f32/model.safetensors"));
    assertThat(half / (double) whole).isBetween(0.45, 0.6);
    assertThat(ModelDirectory.open(directory.resolve("f16")).weights()).hasSize(16);
  }

  @Test
  void aDirectoryThatHoldsAModelIsNotOverwritten() throws IOException {
    Files.createDirectory(directory.resolve("model"));
    Files.writeString(directory.resolve("model/config.json"), "{}");
    PretrainConfig config = config("model");
    assertThatThrownBy(() -> Pretrainer.open(config))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("holds a model (config.json)");
  }

  @Test
  void aModelThatCanNotBeWrittenAtTheEndIsKeptElsewhereAndLeavesNothingTorn() throws IOException {
    Path output = directory.resolve("model");
    try (Pretrainer pretrainer = Pretrainer.open(config("model"))) {
      pretrainer.run(progress -> {}, () -> false);
      Files.createDirectories(output.resolve(".config.json.part/in/the/way"));
      UncheckedIOException failure =
          catchThrowableOfType(UncheckedIOException.class, pretrainer::save);
      assertThat(failure).hasMessageContaining("can't be written to " + output);
      Path elsewhere = Path.of(failure.getMessage().replaceAll(".*it is in (.*) instead", "$1"));
      assertThat(ModelDirectory.open(elsewhere).weights()).isNotEmpty();
      try (var entries = Files.list(output)) {
        assertThat(entries).containsExactly(output.resolve("tokenizer.json"));
      }
      LastingFiles.delete(elsewhere.getParent());

      pretrainer.save();
      assertThat(ModelDirectory.open(output).weights()).isNotEmpty();
    }
  }

  @Test
  void aDiskThatHasNoRoomForTheModelIsRefusedBeforeTraining() throws Exception {
    Path small = Files.createDirectory(directory.resolve("small"));
    try (SmallDisk disk = SmallDisk.mountedAt(small, 64 << 10)) {
      assumeTrue(disk.isMounted(), "mounting takes privileges");
      PretrainConfig config = config("small/model");
      assertThatThrownBy(() -> Pretrainer.open(config))
          .isInstanceOf(BadInputException.class)
          .hasMessageContainingAll("pretrain.output", "bytes left, the model takes");
    }
  }

  @Test
  void textThatLeavesNothingHeldOutIsRefused() throws IOException {
    Files.writeString(directory.resolve("text.txt"), "one text.");
    PretrainConfig config = config("model");
    assertThatThrownBy(() -> Pretrainer.open(config))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("held-out-fraction = 0.2 leaves 1 texts to train on and 0 held out");
  }
}

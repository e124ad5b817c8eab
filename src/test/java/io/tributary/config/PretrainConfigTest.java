package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.binding.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PretrainConfigTest {
  private static final String SCRATCH =
      "model { layers = 2, heads = 2, width = 8, positions = 64 }, tokenizer = \"%1$s\", steps ="
          + " 500\n"
          + "output = out, data = [ { file = \"%1$s\", format = prose } ]\n";

  @TempDir Path directory;
  private Path text;

  @BeforeEach
  void makeAFile() throws IOException {
    text = Files.writeString(directory.resolve("text.txt"), "a text\n");
  }

  @Test
  void readsAModelFromScratch() throws IOException {
    PretrainConfig config = read("");

    assertThat(config.model()).contains(new PretrainConfig.Architecture("gpt2", 2, 2, 8, 64));
    assertThat(config.from()).isEmpty();
    assertThat(config.merges()).isEmpty();
    assertThat(config.data())
        .containsExactly(
            new PretrainConfig.Corpus(text, PretrainConfig.Format.PROSE, 1, 1, List.of()));
    assertThat(config.heldOutFraction()).isEqualTo(0.01);
    assertThat(config.output()).isEqualTo(Path.of("out").toAbsolutePath());
    assertThat(config.dtype()).isEqualTo(PretrainConfig.Dtype.F32);
  }

  @Test
  void readsRepeatsOfBiographies() throws IOException {
    PretrainConfig config =
        read(
            "data = [ { file = \"%1$s\", format = biographies, repeat-female = 3\n"
                + "repeat-topics = [ { topic = sports, repeat = 2 } ] } ]");

    assertThat(config.data())
        .containsExactly(
            new PretrainConfig.Corpus(
                text,
                PretrainConfig.Format.BIOGRAPHIES,
                1,
                3,
                List.of(new PretrainConfig.TopicRepeat("sports", 2))));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "output = null | missing key tributary.pretrain.output; expected a path",
        "model = null | pretrain.model must be given for a model from scratch, or from = DIR",
        "tokenizer = null | pretrain.tokenizer must be given for a model from scratch",
        "model.width = 7 | pretrain.model.width must be a multiple of heads = 2, got 7",
        "max-length = 65 | max-length must be at most pretrain.model.positions = 64, got 65",
        "data = [{ file = nowhere, format = lines }] | data[0].file must be a readable file, got"
            + " \"nowhere\"",
        "data = [{ file = \"/\", format = lines, repeats = 2 }] | did you mean repeat?",
        "data = [{ file = \"%1$s\", format = lines, repeat-female = 2 }] | data[0].repeat-female"
            + " must be left out",
        "micro-batch-size = 48 | must be a divisor of pretrain.batch-sequences = 128, got 48",
        "warmup-steps = 500 | must be less than pretrain.steps = 500, got 500",
      })
  void refusesWhatCannotBeTrained(String line, String expected) {
    assertThatThrownBy(() -> read(line))
        .isInstanceOf(ConfigException.class)
        .message()
        .contains(expected);
  }

  private PretrainConfig read(String line) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("pretrain.conf"),
            "tributary.pretrain {\n" + (SCRATCH + line).formatted(text) + "\n}\n");
    return ConfigLoader.read(file, Map.of()).section(PretrainConfig.class);
  }
}

package io.tributary.model.gpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.BadInputException;
import io.tributary.model.DecoderConfig;
import io.tributary.testing.model.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GptConfigTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("config.json");
  }

  @Test
  void defaultsAreThoseOfGpt2() throws IOException {
    GptConfig config = read("{}");
    assertThat(config).isEqualTo(GptConfig.of(12, 12, 768, 1024, 50257, 50256));
    assertThat(config.parameters()).isEqualTo(124_439_808);
  }

  @Test
  void nullMeansTheDefault() throws IOException {
    assertThat(read("{\"n_inner\": null, \"n_embd\": 24, \"n_layer\": null}").innerWidth())
        .isEqualTo(96);
  }

  @Test
  void positionsAreReadFromEitherKeyTheNewerFirst() throws IOException {
    assertThat(read("{\"n_ctx\": 30}").positions()).isEqualTo(30);
    assertThat(read("{\"n_ctx\": 30, \"n_positions\": 40}").positions()).isEqualTo(40);
  }

  @ParameterizedTest
  @EnumSource
  void everyConfigurationSurvivesBeingWritten(Activation activation) throws IOException {
    GptConfig config =
        new GptConfig(3, 5, 15, 22, 31, 300, 1e-6, activation, 7, 8, false, false, true);
    assertThat(read(config.toJson())).isEqualTo(config);
  }

  @Test
  void parametersAreThoseOfTheTensors() {
    GptConfig tied = GptConfig.of(3, 2, 10, 20, 300, 1);
    for (DecoderConfig config : new DecoderConfig[] {tied, TinyModels.untied(tied)}) {
      long values =
          config.tensors().shapes().values().stream()
              .mapToLong(shape -> Arrays.stream(shape).reduce(1, Math::multiplyExact))
              .sum();
      assertThat(config.parameters()).isEqualTo(values);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "n_layer | 0",
        "n_layer | -1",
        "n_layer | 1.5",
        "n_layer | \"2\"",
        "n_layer | [2]",
        "n_embd | 4294967297",
        "n_embd | 1e999999999",
        "n_embd | 1000000000",
        "n_head | 5",
        "n_inner | {}",
        "vocab_size | true",
        "eos_token_id | [1, 2]",
        "eos_token_id | []",
        "eos_token_id | [1.5]",
        "activation_function | \"swish\"",
        "activation_function | 3",
        "layer_norm_epsilon | \"small\"",
        "layer_norm_epsilon | -1e-5",
        "layer_norm_epsilon | 0",
        "tie_word_embeddings | 1",
        "tie_word_embeddings | \"false\"",
        "model_type | \"llama\"",
        "model_type | 2",
        "add_cross_attention | true"
      })
  void aBadValueIsRefusedWithItsKey(String key, String value) {
    assertThatThrownBy(() -> read("{\"%s\": %s}".formatted(key, value)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(file.toString())
        .hasMessageMatching(".*(" + key + "|n_inner).*");
  }

  @Test
  void theEndOfTextMayBeAListOfOne() throws IOException {
    assertThat(read("{\"eos_token_id\": [7]}").eosToken()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "{", "nonsense", "{\"n_layer\": }"})
  void whatIsNotAnObjectIsRefused(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void bytesThatAreNotTextAreRefused() throws IOException {
    Files.write(file, new byte[] {'{', (byte) 0xff, (byte) 0xfe, '}'});
    assertThatThrownBy(() -> DecoderConfig.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aBeginningOutsideTheVocabularyIsRefusedOnceItIsNeeded() throws IOException {
    GptConfig config = read("{\"vocab_size\": 7, \"bos_token_id\": 50256}");
    assertThatThrownBy(config::beginning)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("bos_token_id = 50256");
  }

  private GptConfig read(String json) throws IOException {
    return (GptConfig) DecoderConfig.read(Files.writeString(file, json));
  }
}

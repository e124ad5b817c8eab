package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tributary.data.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Byte-level BPE with two merges: " a" and " an". */
class TextTokenizerTest {
  private static final int SPACE_A = 256;
  private static final int SPACE_AN = 257;
  private static final int END = 258;

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(directory.resolve("tokenizer.json"), tokenizer().toString());
  }

  @Test
  void mergesAreAppliedAndTheRestIsBytes() {
    TextTokenizer tokenizer = TextTokenizer.read(file);
    int[] tokens = tokenizer.encode("x an a");
    assertThat(tokens).hasSize(3).endsWith(SPACE_AN, SPACE_A);
    assertThat(tokenizer.decode(tokens)).isEqualTo("x an a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "an  apple , and\n\tmore .", "naïve 日本 😀", "it's n't"})
  void everyTextSurvivesAWayThereAndBack(String text) {
    TextTokenizer tokenizer = TextTokenizer.read(file);
    assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
  }

  @Test
  void specialTokensAreNeitherAddedNorShown() {
    TextTokenizer tokenizer = TextTokenizer.read(file);
    assertThat(tokenizer.encode("an")).doesNotContain(END);
    assertThat(tokenizer.decode(new int[] {END, SPACE_A, END})).isEqualTo(" a");
    assertThat(tokenizer.decode(new int[0])).isEmpty();
  }

  @Test
  void longTextsAreNotCut() {
    assertThat(TextTokenizer.read(file).encode(" a".repeat(3000))).hasSize(3000);
  }

  @Test
  void halfOfACharacterShowsAsReplacement() {
    TextTokenizer tokenizer = TextTokenizer.read(file);
    int[] tokens = tokenizer.encode("é");
    assertThat(tokens).hasSize(2);
    assertThat(tokenizer.decode(new int[] {tokens[0]})).isEqualTo("\ufffd");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[1]", "{\"model\": 3}", "nonsense"})
  void whatIsNotATokenizerIsRefused(String text) throws IOException {
    Files.writeString(file, text);
    assertThatThrownBy(() -> TextTokenizer.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aMissingFileIsNamed() {
    Path nowhere = directory.resolve("nowhere.json");
    assertThatThrownBy(() -> TextTokenizer.read(nowhere))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(nowhere.toString());
  }

  private static JsonObject tokenizer() {
    JsonObject vocabulary = new JsonObject();
    int shifted = 256;
    for (int b = 0; b < 256; b++) {
      boolean shown = (b >= '!' && b <= '~') || (b >= 0xa1 && b != 0xad);
      vocabulary.addProperty(String.valueOf((char) (shown ? b : shifted++)), b);
    }
    vocabulary.addProperty("Ġa", SPACE_A);
    vocabulary.addProperty("Ġan", SPACE_AN);
    JsonArray merges = new JsonArray();
    merges.add("Ġ a");
    merges.add("Ġa n");
    JsonObject model = new JsonObject();
    model.addProperty("type", "BPE");
    model.add("vocab", vocabulary);
    model.add("merges", merges);

    JsonObject end = new JsonObject();
    end.addProperty("id", END);
    end.addProperty("content", "<|endoftext|>");
    end.addProperty("special", true);
    for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
      end.addProperty(flag, false);
    }
    JsonArray added = new JsonArray();
    added.add(end);

    JsonObject bytes = new JsonObject();
    bytes.addProperty("type", "ByteLevel");
    bytes.addProperty("add_prefix_space", false);
    bytes.addProperty("trim_offsets", true);
    JsonObject tokenizer = new JsonObject();
    tokenizer.addProperty("version", "1.0");
    tokenizer.add("added_tokens", added);
    tokenizer.add("pre_tokenizer", bytes);
    tokenizer.add("decoder", bytes);
    tokenizer.add("model", model);
    return tokenizer;
  }
}

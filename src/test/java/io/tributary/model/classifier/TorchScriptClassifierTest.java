package io.tributary.model.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.tributary.data.BadInputException;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.LiveArrays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A module that {@code src/test/python/torchscript_classifier.py} made. */
@ExtendWith(TorchExtension.class)
class TorchScriptClassifierTest {
  private static final Path TOPICS = Path.of("src/test/resources/classifiers/topics");

  @TempDir Path directory;
  private final List<String> texts = new ArrayList<>();
  private final List<String> expected = new ArrayList<>();

  @BeforeEach
  void copyAndReadWhatPytorchSays() throws IOException {
    for (String part : List.of("classifier.json", "model.pt", "tokenizer.json")) {
      Files.copy(TOPICS.resolve(part), directory.resolve(part));
    }
    String json = Files.readString(TOPICS.resolve("expected.json"));
    for (JsonElement row : JsonParser.parseString(json).getAsJsonArray()) {
      texts.add(row.getAsJsonObject().get("text").getAsString());
      expected.add(row.getAsJsonObject().get("label").getAsString());
    }
  }

  @Test
  void textsGetTheLabelsThatPytorchGivesThem() {
    try (TextClassifier classifier = TextClassifier.load(directory)) {
      assertThat(classifier.labels()).containsExactly("weather", "cooking", "sport");
      assertThat(predicted(classifier, texts)).isEqualTo(expected);
      for (int i = 0; i < texts.size(); i++) {
        assertThat(predicted(classifier, texts.subList(i, i + 1)))
            .as(texts.get(i))
            .containsExactly(expected.get(i));
      }
      assertThat(classifier.classify(List.of())).isEmpty();
    }
  }

  @Test
  void moreTextsThanFitIntoOnePassKeepTheirOrder() {
    List<String> many = repeated(texts, 30);
    try (TextClassifier classifier = TextClassifier.load(directory)) {
      assertThat(predicted(classifier, many)).isEqualTo(repeated(expected, 30));
    }
  }

  @Test
  void severalThreadsMayClassifyAtOnce() {
    try (TextClassifier classifier = TextClassifier.load(directory)) {
      assertThat(
              IntStream.range(0, 40)
                  .parallel()
                  .mapToObj(i -> predicted(classifier, texts))
                  .toList())
          .containsOnly(expected);
    }
  }

  @Test
  void noArrayIsLeftBehind() {
    long before = LiveArrays.count();
    try (TextClassifier classifier = TextClassifier.load(directory)) {
      long loaded = LiveArrays.count();
      for (int i = 0; i < 5; i++) {
        classifier.classify(texts);
      }
      assertThat(LiveArrays.count()).isEqualTo(loaded);
    }
    assertThat(LiveArrays.count()).isEqualTo(before);
  }

  @Test
  void aTextWithoutATokenIsReadAsPadding() throws IOException {
    replace("\"max_length\"", "\"add_special_tokens\": false, \"pad_token_id\": 1, \"max_length\"");
    try (TextClassifier classifier = TextClassifier.load(directory)) {
      assertThat(classifier.classify(List.of("", "")))
          .isEqualTo(classifier.classify(List.of("unknown", "unknown")));
    }
  }

  @Test
  void aLabelThatIsNotThereIsNamedWithThoseThatAre() {
    try (TextClassifier classifier = TextClassifier.load(directory)) {
      assertThat(classifier.indices(List.of("sport", "weather"))).containsExactly(2, 0);
      assertThatThrownBy(() -> classifier.indices(List.of("sport", "politics")))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("\"politics\"")
          .hasMessageContaining("weather, cooking, sport");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"torchscript\"   | \"onnx\"               | type is \"onnx\", expected"
            + " \"hidden-state-head\" or",
        "\"type\"          | \"kind\"               | lacks type, expected a text",
        "\"sport\"         | \"sport\", \"more\"    | expected (2, 4): classifier.json lists 4"
            + " labels",
        "\"sport\"         | \"weather\"            | labels ="
            + " [\"weather\",\"cooking\",\"weather\"], expected at least two different",
        "\"sport\"         | 3                      | labels = [\"weather\",\"cooking\",3],"
            + " expected a list of texts",
        "16                | 0                      | max_length = 0, expected a whole number of at"
            + " least 1",
        "16                | 17                     | fails on the inputs",
        "\"model.pt\"      | \"other.pt\"           | other.pt does not exist",
        "\"model.pt\"      | \"tokenizer.json\"     | tokenizer.json is not a TorchScript module",
        "{                 | [                      | is not a JSON object",
      })
  void aDirectoryThatCanNotBeUsedIsRefused(String part, String other, String message)
      throws IOException {
    replace(part, other);
    long before = LiveArrays.count();
    assertThatThrownBy(
            () -> {
              try (TextClassifier classifier = TextClassifier.load(directory)) {
                classifier.classify(List.of("rain ".repeat(40)));
              }
            })
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining(message);
    assertThat(LiveArrays.count()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"classifier.json", "model.pt", "tokenizer.json"})
  void aMissingFileIsNamed(String part) throws IOException {
    Files.delete(directory.resolve(part));
    assertThatThrownBy(() -> TextClassifier.load(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(directory.resolve(part) + " does not exist");
    assertThatThrownBy(() -> TextClassifier.load(directory.resolve("no")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(
            directory.resolve("no") + " is not a classifier: expected a directory");
  }

  private void replace(String part, String other) throws IOException {
    Path json = directory.resolve("classifier.json");
    String text = Files.readString(json);
    assertThat(text).contains(part);
    Files.writeString(json, text.replace(part, other));
  }

  private static List<String> predicted(TextClassifier classifier, List<String> texts) {
    return IntStream.of(classifier.classify(texts)).mapToObj(classifier.labels()::get).toList();
  }

  private static List<String> repeated(List<String> some, int times) {
    return Collections.nCopies(times, some).stream().flatMap(List::stream).toList();
  }
}

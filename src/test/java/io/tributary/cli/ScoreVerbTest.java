package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.model.DecoderConfig;
import io.tributary.testing.Cli;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.SmallModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
class ScoreVerbTest {
  private static final Path RECORDED = Path.of("src/test/resources/models");

  @TempDir static Path shared;
  private static Path model;

  @TempDir Path directory;

  @BeforeAll
  static void makeAModel() throws IOException {
    model = SmallModel.write(shared.resolve("model"), 1);
  }

  static Stream<Path> recordedModels() throws IOException {
    try (Stream<Path> directories = Files.list(RECORDED)) {
      return directories.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("recordedModels")
  void tokensHaveTheRecordedLogProbabilitiesWithoutATokenizer(Path recorded) throws IOException {
    int bos = DecoderConfig.read(recorded.resolve("config.json")).bosToken();
    List<JsonObject> expected =
        JsonParser.parseString(Files.readString(recorded.resolve("expected.json")))
            .getAsJsonObject()
            .getAsJsonArray("scores")
            .asList()
            .stream()
            .map(JsonElement::getAsJsonObject)
            .filter(score -> prefix(score).size() == 1 && prefix(score).get(0).getAsInt() == bos)
            .toList();
    String input =
        expected.stream()
            .map(score -> "{\"tokens\": %s}".formatted(score.get("tokens")))
            .collect(Collectors.joining("\n"));

    Cli cli = score(recorded, input, "--batch-size", "2");

    assertThat(cli.err()).isEmpty();
    List<JsonObject> scored = objects(cli);
    assertThat(scored).hasSameSizeAs(expected);
    for (int i = 0; i < scored.size(); i++) {
      assertThat(scored.get(i).get("tokens")).isEqualTo(expected.get(i).get("tokens"));
      assertThat(scored.get(i).get("text").isJsonNull()).isTrue();
      assertThat(scored.get(i).get("logProb").getAsDouble())
          .isEqualTo(expected.get(i).get("logProb").getAsDouble(), within(1e-3));
      assertThat(scored.get(i).keySet()).containsExactly("text", "tokens", "logProb");
    }
  }

  @Test
  void textAndItsTokensAreTheSameSequence() {
    Cli text = score(model, "the cat\n\n{\"text\": \"{the} «cat»\"}\n");
    List<JsonObject> scored = objects(text);

    assertThat(scored)
        .extracting(json -> json.get("text").getAsString())
        .containsExactly("the cat", "", "{the} «cat»");
    assertThat(scored.get(1).get("logProb").getAsDouble()).isZero();
    assertThat(scored.get(1).get("tokens").getAsJsonArray()).isEmpty();
    String tokens =
        scored.stream()
            .map(json -> "{\"tokens\": %s}\n".formatted(json.get("tokens")))
            .collect(Collectors.joining());
    assertThat(score(model, tokens).out()).isEqualTo(text.out());
  }

  @Test
  void standardInputIsReadWithoutAFile() {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream("one\ntwo\n".getBytes(StandardCharsets.UTF_8)));
    try {
      assertThat(objects(Cli.run("score", "--model", model.toString()))).hasSize(2);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void manyLinesKeepTheirOrderWhateverIsComputedAtOnce() {
    String input =
        Stream.iterate(1, i -> i + 1)
            .limit(150)
            .map(i -> "x".repeat(1 + i * 7 % 40) + i)
            .collect(Collectors.joining("\n"));

    List<JsonObject> together = objects(score(model, input, "--batch-size", "100"));
    List<JsonObject> alone = objects(score(model, input, "--batch-size", "1"));

    assertThat(together.stream().map(json -> json.get("text").getAsString()))
        .containsExactlyElementsOf(input.lines().toList());
    for (int i = 0; i < alone.size(); i++) {
      assertThat(together.get(i).get("logProb").getAsDouble())
          .isEqualTo(alone.get(i).get("logProb").getAsDouble(), within(1e-3));
    }
  }

  @Test
  void withAConfigurationFeaturesAndLogTargetAreAdded() throws IOException {
    List<JsonObject> scored =
        objects(score(model, "the cat\nno such thing", "-c", target("").toString()));

    assertThat(scored.get(0).getAsJsonObject("features")).hasToString("{\"feline\":1.0}");
    assertThat(scored.get(0).get("logP")).isEqualTo(scored.get(0).get("logProb"));
    assertThat(scored.get(1).getAsJsonObject("features")).hasToString("{\"feline\":0.0}");
    assertThat(scored.get(1).get("logP").isJsonNull()).isTrue();
  }

  @Test
  void theTargetIsThatOfTheConfigurationsBaseModel() throws IOException {
    Path base = SmallModel.write(directory.resolve("base"), 2);
    Path config = target("model.base = \"%s\"".formatted(base));

    JsonObject scored = objects(score(model, "the cat", "-c", config.toString())).get(0);
    JsonObject ofBase = objects(score(base, "the cat")).get(0);

    assertThat(scored.get("logP")).isEqualTo(ofBase.get("logProb"));
    assertThat(scored.get("logP")).isNotEqualTo(scored.get("logProb"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"tokens\": [1, 2]",
        "{\"tokens\": [1, 2]} {}",
        "{\"tokens\": [1.5]}",
        "{\"tokens\": [1e99]}",
        "{\"tokens\": [\"1\"]}",
        "{\"tokens\": 1}",
        "{\"tokens\": null}",
        "{\"words\": []}",
        "{}",
        "{tokens: [1]}",
        "{ braces",
        "{\"tokens\": [-1]}",
        "{\"tokens\": [100000]}"
      })
  void aBadLineIsNamedAfterTheLinesBeforeItWereScored(String bad) {
    Cli cli = score(model, "one\ntwo\n" + bad + "\nfour\n");

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(objects(cli)).hasSize(2);
    assertThat(cli.err()).contains("line 3 of ").hasLineCount(1);
  }

  @Test
  void aLineThatIsTooLongIsNamed() {
    String tokens = "1" + ", 1".repeat(SmallModel.POSITIONS - 1);

    assertThat(objects(score(model, "{\"tokens\": [%s]}".formatted(tokens)))).hasSize(1);
    Cli cli = score(model, "{\"tokens\": [%s, 1]}".formatted(tokens));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).contains("line 1 of ", "49 tokens", "room for 48").hasLineCount(1);
  }

  @Test
  void ofALongLineThatIsNoJsonTheBeginningIsShown() {
    Cli cli = score(model, "{ " + "brace ".repeat(500));

    assertThat(cli.err()).contains("line 1 of ", "got { brace brace").endsWith("…\n");
    assertThat(cli.err().length()).isLessThan(400);
  }

  @Test
  void aBatchHasALine() {
    Cli cli = score(model, "one\n", "--batch-size", "0");

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("--batch-size = 0: expected at least 1").hasLineCount(1);
  }

  @Test
  void aBaseModelOfAnotherVocabularyIsRefused() throws IOException {
    Path base = SmallModel.write(directory.resolve("base"), 20, 16, 8, 1, 0.1);
    Path config = target("model.base = \"%s\"".formatted(base));

    Cli cli = score(model, "the cat", "-c", config.toString());

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .contains(base + " has a vocabulary of 277 tokens and " + model + " one of 317")
        .hasLineCount(1);
  }

  @Test
  void textNeedsATokenizer() {
    Cli cli = score(RECORDED.resolve("bare-untied-half"), "some text");

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("line 1 of ", "has no tokenizer.json").hasLineCount(1);
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    assertThat(score(directory.resolve("none"), "a").err()).contains("not a model directory");
    Cli input = Cli.run("score", "--model", model.toString(), "--input", "no/such/file");
    assertThat(input.exitCode()).isEqualTo(2);
    assertThat(input.err()).contains("no/such/file");
    byte[] latin = "caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
    Path file = Files.write(directory.resolve("latin.txt"), latin);
    Cli encoding = Cli.run("score", "--model", model.toString(), "--input", file.toString());
    assertThat(encoding.exitCode()).isEqualTo(2);
    assertThat(encoding.err()).contains("latin.txt is not UTF-8");
  }

  private Path target(String more) throws IOException {
    return Files.writeString(
        directory.resolve("target.conf"),
        "tributary { target.features = [ { name = feline, type = word, word = cat } ]\n%s }"
            .formatted(more));
  }

  private Cli score(Path model, String input, String... options) {
    try {
      Path file = Files.writeString(directory.resolve("input.txt"), input);
      return Cli.run(
          Stream.concat(
                  Stream.of("score", "--model", model.toString(), "--input", file.toString()),
                  Stream.of(options))
              .toArray(String[]::new));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static List<JsonObject> objects(Cli cli) {
    return cli.out().lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
  }

  private static JsonArray prefix(JsonObject score) {
    return score.getAsJsonArray("prefix");
  }
}

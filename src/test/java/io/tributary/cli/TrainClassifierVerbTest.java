package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.model.classifier.TextClassifier;
import io.tributary.testing.Cli;
import io.tributary.testing.model.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainClassifierVerbTest {
  @TempDir Path directory;
  private Path data;
  private Path words;
  private Path to;

  @BeforeEach
  void writeTexts() throws IOException {
    String lines =
        IntStream.range(0, 18)
            .mapToObj("x\t1\tThing %1$d was lovely.\nx\t0\tThing %1$d was poor.\n"::formatted)
            .collect(Collectors.joining());
    data =
        Files.writeString(directory.resolve("texts.tsv"), lines + "x\t1\tLovely!\ny\t1\tLovely!\n");
    words = Files.writeString(directory.resolve("kind.txt"), "lovely\n");
    to = directory.resolve("classifier");
  }

  @Test
  void aClassifierIsWrittenAndHowGoodItIsIsPrinted() throws IOException {
    Cli cli =
        train("--label", "0=no", "--label", "1=yes", "--words", words.toString(), "--folds", "3");

    assertThat(cli.err()).isEmpty();
    assertThat(cli.exitCode()).isZero();
    JsonObject json = JsonParser.parseString(cli.out()).getAsJsonObject();
    assertThat(json.get("classifier").getAsString()).isEqualTo(to.toString());
    assertThat(json.get("texts").getAsInt()).isEqualTo(37);
    assertThat(json.get("repeated").getAsInt()).isEqualTo(1);
    assertThat(json.get("labels")).hasToString("{\"no\":18,\"yes\":19}");
    assertThat(json.get("majority_baseline").getAsDouble()).isEqualTo(19 / 37.0);
    assertThat(json.get("pooling").getAsString()).isEqualTo("mean");
    assertThat(json.get("word_lists")).hasToString("[\"kind.txt\"]");
    assertThat(json.get("accuracy").getAsDouble()).isGreaterThan(0.9).isLessThanOrEqualTo(1);
    assertThat(json.get("f1").getAsDouble()).isGreaterThan(0.9).isLessThanOrEqualTo(1);
    assertThat(json.getAsJsonObject("f1_by_label").keySet()).containsExactly("no", "yes");
    assertThat(json.getAsJsonArray("by_fold")).hasSize(3);

    JsonObject written =
        JsonParser.parseString(Files.readString(to.resolve("classifier.json"))).getAsJsonObject();
    assertThat(written.get("model").getAsString()).isEqualTo("../model");
    assertThat(written.getAsJsonObject("cross_validation").get("accuracy"))
        .isEqualTo(json.get("accuracy"));
    try (TextClassifier classifier = TextClassifier.load(to)) {
      assertThat(classifier.labels()).containsExactly("no", "yes");
      assertThat(classifier.classify(List.of("A lovely thing.", "It was poor.")))
          .containsExactly(1, 0);
    }
  }

  @Test
  void aClassifierIsNotOverwritten() throws IOException {
    assertThat(train("--pooling", "none", "--folds", "2").exitCode()).isZero();
    byte[] head = Files.readAllBytes(to.resolve("head.safetensors"));

    Cli again = train("--ngrams", "1");
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.out()).isEmpty();
    assertThat(again.err()).contains(to.toString(), "is not overwritten").hasLineCount(1);
    assertThat(to.resolve("head.safetensors")).hasBinaryContent(head);
  }

  @Test
  void anotherWordListOfTheSameNameIsNotOverwritten() throws IOException {
    Files.createDirectory(to);
    Files.writeString(to.resolve("kind.txt"), "mine\n");
    Cli cli = train("--words", words.toString());
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("another file kind.txt", "is not overwritten").hasLineCount(1);
    assertThat(to.resolve("kind.txt")).hasContent("mine");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--label 2=mixed                | has no label \"2\" to rename to \"mixed\": its labels are"
            + " 0, 1",
        "--folds 1                      | folds = 1: expected at least 2",
        "--folds 19                     | too few for 19 folds",
        "--ngrams 4                     | ngrams = 4: expected 0 to 3",
        "--l2 0                         | l2 = 0.0: expected a number above 0",
        "--pooling none --ngrams 0      | leave no feature",
        "--words no.txt                 | no.txt can't be read",
        "--pooling max                  | expected one of [MEAN, mean, NONE, none]",
        "--threads 0                    | --threads = 0",
      })
  void whatCanNotBeUsedIsNamed(String options, String message) throws IOException {
    Cli cli = train(options.split(" ", -1));
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).contains(message);
    assertThat(cli.err().lines().count()).isLessThanOrEqualTo(8);
    assertThat(to.resolve("classifier.json")).doesNotExist();
  }

  private Cli train(String... options) throws IOException {
    Path model = directory.resolve("model");
    if (!Files.exists(model)) {
      SmallModel.write(model, 1);
    }
    return Cli.run(
        Stream.concat(
                Stream.of(
                    "train-classifier",
                    "--model",
                    model.toString(),
                    "--data",
                    data.toString(),
                    "--to",
                    to.toString()),
                Stream.of(options))
            .toArray(String[]::new));
  }
}

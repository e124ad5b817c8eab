package io.tributary.model.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import io.tributary.tensor.FloatType;
import io.tributary.tensor.SafeTensors;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.LiveArrays;
import io.tributary.testing.model.SmallModel;
import io.tributary.testing.model.Tensors;
import io.tributary.testing.model.ToyTexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(TorchExtension.class)
class HiddenStateClassifierTest {
  private static final List<String> TEXTS =
      List.of(
          "A lovely film, I like it.",
          "This coat is poor.",
          "",
          "A horrid song, I hate it.",
          "This tea is great! " + "and so on ".repeat(60));

  /** Holds a model and a classifier on all kinds of features. */
  @TempDir static Path original;

  @TempDir Path directory;

  @BeforeAll
  static void train() throws IOException {
    ToyTexts.train(original, Pooling.MEAN, 1, List.of(ToyTexts.writeWords(original)));
  }

  /** A classifier of its own for a test that changes it. */
  private Path copy() throws IOException {
    for (String part : List.of("model", "classifier")) {
      Path to = Files.createDirectory(directory.resolve(part));
      try (Stream<Path> files = Files.list(original.resolve(part))) {
        for (Path file : files.toList()) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
    return directory.resolve("classifier");
  }

  @ParameterizedTest
  @CsvSource({"mean, 0, false", "none, 2, false", "none, 0, true"})
  void whatItWasTrainedOnItTellsApart(String pooling, int ngrams, boolean withWords)
      throws IOException {
    List<Path> words = withWords ? List.of(ToyTexts.writeWords(directory)) : List.of();
    Path trained =
        ToyTexts.train(
            directory, pooling.equals("mean") ? Pooling.MEAN : Pooling.NONE, ngrams, words);
    try (TextClassifier classifier = TextClassifier.load(trained)) {
      assertThat(classifier.directory()).isEqualTo(trained);
      assertThat(classifier.labels()).containsExactly("bad", "good");
      int[] predicted = classifier.classify(TEXTS);
      assertThat(predicted).hasSize(TEXTS.size());
      assertThat(new int[] {predicted[0], predicted[1], predicted[3]}).containsExactly(1, 0, 0);
      assertThat(classifier.classify(List.of())).isEmpty();
    }
  }

  @Test
  void companyAndThreadsChangeNothingAndNoArrayIsLeftBehind() throws IOException {
    Path trained = original.resolve("classifier");
    long before = LiveArrays.count();
    try (TextClassifier classifier = TextClassifier.load(trained)) {
      int[] together = classifier.classify(TEXTS);
      long loaded = LiveArrays.count();
      for (int i = 0; i < TEXTS.size(); i++) {
        assertThat(classifier.classify(TEXTS.subList(i, i + 1))).containsExactly(together[i]);
      }
      assertThat(IntStream.range(0, 32).parallel().mapToObj(i -> classifier.classify(TEXTS)))
          .containsOnly(together);
      assertThat(LiveArrays.count()).isEqualTo(loaded);
    }
    assertThat(LiveArrays.count()).isEqualTo(before);
  }

  @Test
  void theClassifierMovesTogetherWithItsModel() throws IOException {
    copy();
    Path moved =
        Files.move(directory, directory.resolveSibling(directory.getFileName() + "-moved"));
    try (TextClassifier classifier = TextClassifier.load(moved.resolve("classifier"))) {
      assertThat(classifier.classify(TEXTS.subList(0, 2))).containsExactly(1, 0);
    } finally {
      Files.move(moved, directory);
    }
  }

  @Test
  void aLinkLeadsToTheSameClassifier() throws IOException {
    Path far = Files.createDirectories(directory.resolve("a/b"));
    Path link = Files.createSymbolicLink(far.resolve("link"), copy());
    try (TextClassifier classifier = TextClassifier.load(link)) {
      assertThat(classifier.classify(TEXTS.subList(0, 2))).containsExactly(1, 0);
    }
  }

  @Test
  void anotherModelThanItWasTrainedWithIsRefused() throws IOException {
    Path trained = copy();
    Path model = directory.resolve("model");
    SmallModel.write(model, 2);
    assertRefused(
        trained,
        trained.resolve("classifier.json") + ": the head was trained on hidden states of weights",
        "train it again (tributary train-classifier)");

    Files.move(model, directory.resolve("elsewhere"));
    assertRefused(trained, "names the model ../model, which can't be used", model.toString());
  }

  @Test
  void aHeadOfAnotherShapeIsRefusedWithBothShapes() throws IOException {
    Path trained = copy();
    Path file = trained.resolve("head.safetensors");
    Map<String, TensorBytes> whole = SafeTensors.read(file, any -> true);
    int features = (int) whole.get("weight").shape()[1];

    for (String name : whole.keySet()) {
      Map<String, TensorBytes> fewer = new LinkedHashMap<>(whole);
      fewer.remove(name);
      SafeTensors.write(file, List.copyOf(fewer.values()), FloatType.F32);
      assertRefused(trained, file + " lacks tensor " + name);
    }
    assertHeadRefused(
        trained,
        whole,
        Tensors.of("weight", i -> 0, 3, features),
        "tensor weight has shape [3, " + features,
        "ask for [2, " + features);
    assertHeadRefused(trained, whole, Tensors.of("bias", i -> 0, 1), "bias has shape [1]", "[2]");
    assertHeadRefused(trained, whole, Tensors.of("bias", i -> Double.NaN, 2), "bias holds NaN");
    assertHeadRefused(
        trained, whole, Tensors.of("ngrams", i -> 0, 4), "ngrams has shape", "[any, 1]");
    assertHeadRefused(
        trained,
        whole,
        Tensors.of("ngrams", i -> 1e6, 4, 1),
        "ngrams holds 1000000.0",
        "vocabulary");
    Files.writeString(file, "cut");
    assertRefused(trained, file.toString());
    Files.delete(file);
    assertRefused(trained, file + " does not exist");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"mean\"              | \"max\"           | pooling = \"max\", expected \"mean\" or"
            + " \"none\"",
        "\"mean\"              | \"none\"          | tensor weight has shape",
        "\"ngrams\": 1         | \"ngrams\": -1    | ngrams = -1, expected a whole number of at"
            + " least 0",
        "\"ngrams\": 1         | \"ngrams\": 2     | tensor ngrams has shape",
        "\"kind.txt\"          | \"unkind.txt\"    | unkind.txt can't be read",
        "\"kind.txt\"          | ''                | tensor weight has shape",
        "\"model\"             | \"modle\"         | lacks model, expected a text",
        "\"model_fingerprint\" | \"fingerprint\"   | lacks model_fingerprint, expected a text",
      })
  void aDescriptionThatDoesNotFitIsRefused(String part, String other, String message)
      throws IOException {
    Path trained = copy();
    Path json = trained.resolve("classifier.json");
    String text = Files.readString(json);
    assertThat(text).contains(part);
    Files.writeString(json, text.replace(part, other));
    assertRefused(trained, trained.toString(), message);
  }

  private static void assertHeadRefused(
      Path trained, Map<String, TensorBytes> whole, TensorBytes tensor, String... parts)
      throws IOException {
    Map<String, TensorBytes> other = new LinkedHashMap<>(whole);
    other.put(tensor.name(), tensor);
    SafeTensors.write(
        trained.resolve("head.safetensors"), List.copyOf(other.values()), FloatType.F32);
    assertRefused(trained, parts);
  }

  private static void assertRefused(Path trained, String... parts) {
    long before = LiveArrays.count();
    assertThatThrownBy(() -> TextClassifier.load(trained))
        .isInstanceOf(BadInputException.class)
        .message()
        .contains(parts);
    assertThat(LiveArrays.count()).isEqualTo(before);
  }
}

package io.tributary.testing.model;

import io.tributary.data.BadInputException;
import io.tributary.model.LanguageModel;
import io.tributary.model.ModelDirectory;
import io.tributary.model.classifier.Pooling;
import io.tributary.tools.classifiertraining.ClassifierTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Forty opinions that anybody can tell apart, and classifiers trained on them with a tiny model.
 */
public final class ToyTexts {
  private static final List<String> THINGS =
      List.of("film", "food", "phone", "story", "place", "song", "tea", "town", "coat", "play");

  private ToyTexts() {}

  /** Writes them into {@code directory}, labelled good and bad. */
  public static Path write(Path directory) throws IOException {
    String lines =
        THINGS.stream()
            .flatMap(
                thing ->
                    Stream.of(
                        "toy\tgood\tA lovely " + thing + ", I like it.",
                        "toy\tgood\tThis " + thing + " is great!",
                        "toy\tbad\tA horrid " + thing + ", I hate it.",
                        "toy\tbad\tThis " + thing + " is poor."))
            .collect(Collectors.joining("\n"));
    return Files.writeString(directory.resolve("toys.tsv"), lines);
  }

  /** A list of words, and what else may be in such a file. */
  public static Path writeWords(Path directory) throws IOException {
    return Files.writeString(
        directory.resolve("kind.txt"), "# kind words\nlovely\n\nGreat\nwell-made\n");
  }

  /**
   * Trains a classifier in {@code directory/classifier} on a model in {@code directory/model},
   * which is written if it is not there.
   *
   * @throws BadInputException as {@link ClassifierTraining} does
   */
  public static Path train(Path directory, Pooling pooling, int ngrams, List<Path> words)
      throws IOException {
    Path model = directory.resolve("model");
    if (!Files.exists(model)) {
      SmallModel.write(model, 1);
    }
    ModelDirectory opened = ModelDirectory.open(model);
    Path to = directory.resolve("classifier");
    try (LanguageModel languageModel =
        opened.config().model(opened.weights(), ai.djl.Device.cpu())) {
      new ClassifierTraining(
              model,
              languageModel,
              opened.tokenizer(),
              new ClassifierTraining.Settings(pooling, ngrams, words, 1e-3, 4, 1))
          .run(write(directory), Map.of(), to);
    }
    return to;
  }
}

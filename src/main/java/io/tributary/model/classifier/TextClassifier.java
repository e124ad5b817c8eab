package io.tributary.model.classifier;

import io.tributary.data.BadInputException;
import io.tributary.io.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

/**
 * Assigns one label to each text. Thread-safe, but for {@link #close}, which frees the weights.
 *
 * <p>A classifier is a directory with a {@value #FILE}, whose {@code type} says how it classifies:
 *
 * <ul>
 *   <li>{@code hidden-state-head}: {@link HiddenStateClassifier}, which {@code train-classifier}
 *       writes;
 *   <li>{@code torchscript}: {@link TorchScriptClassifier}, made with PyTorch.
 * </ul>
 */
public interface TextClassifier extends AutoCloseable {
  /** Name of the file that describes a classifier. */
  String FILE = "classifier.json";

  /** The directory that it was read from. */
  Path directory();

  /** The labels; a prediction is an index into them. */
  List<String> labels();

  /**
   * The predicted label of each text, as its index.
   *
   * @param texts any number of texts; those that are too long for the classifier are truncated
   */
  int[] classify(List<String> texts);

  /**
   * The indices of labels.
   *
   * @throws BadInputException if there is no such label
   */
  default int[] indices(List<String> asked) {
    return asked.stream()
        .mapToInt(
            label -> {
              int index = labels().indexOf(label);
              if (index < 0) {
                throw new BadInputException(
                    "the classifier %s has no label \"%s\": its labels are %s"
                        .formatted(directory(), label, String.join(", ", labels())));
              }
              return index;
            })
        .toArray();
  }

  @Override
  void close();

  /**
   * Reads a classifier into main memory. The engine must be loaded.
   *
   * @throws BadInputException naming the directory, the file and what was expected
   */
  static TextClassifier load(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new BadInputException(
          "%s is not a classifier: expected a directory with a %s".formatted(directory, FILE));
    }
    JsonFile json = JsonFile.read(directory.resolve(FILE));
    String type = json.text("type");
    List<String> labels = json.texts("labels");
    if (labels.size() < 2 || new HashSet<>(labels).size() < labels.size()) {
      throw json.expected("labels", "at least two different labels");
    }
    return switch (type) {
      case HiddenStateClassifier.TYPE -> HiddenStateClassifier.load(directory, json, labels);
      case TorchScriptClassifier.TYPE -> TorchScriptClassifier.load(directory, json, labels);
      default ->
          throw json.refusal(
              "type is \"%s\", expected \"%s\" or \"%s\""
                  .formatted(type, HiddenStateClassifier.TYPE, TorchScriptClassifier.TYPE));
    };
  }
}

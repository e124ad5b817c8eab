package io.tributary.tools.classifiertraining;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.GsonBuilder;
import io.tributary.data.BadInputException;
import io.tributary.model.classifier.HeadFile;
import io.tributary.model.classifier.HiddenStateClassifier;
import io.tributary.model.classifier.TextClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The classifier directory that training writes. */
record ClassifierDirectory(Path path) {

  /** The contents of {@code classifier.json}, which {@link HiddenStateClassifier} reads. */
  record Description(
      String type,
      List<String> labels,
      String model,
      String modelFingerprint,
      String pooling,
      int ngrams,
      List<String> wordLists,
      Training training,
      Quality crossValidation) {
    record Training(String data, int texts, double l2, long seed) {}

    record Quality(int folds, double accuracy, double f1, Map<String, Double> f1ByLabel) {}
  }

  /**
   * Creates the directory if it does not exist.
   *
   * @throws BadInputException if it holds a classifier, or can't be made
   */
  static ClassifierDirectory claim(Path path) {
    for (String part : List.of(TextClassifier.FILE, HeadFile.NAME)) {
      if (Files.exists(path.resolve(part))) {
        throw new BadInputException(
            "%s holds a classifier (%s), which is not overwritten; name another directory"
                .formatted(path, part));
      }
    }
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw unwritable(path, e);
    }
    return new ClassifierDirectory(path);
  }

  /**
   * Copies files into the directory; identical ones that are there already are kept.
   *
   * @return their names
   * @throws BadInputException if one can't be copied, or another of the same name is there
   */
  List<String> copy(List<Path> files) {
    List<String> names = new ArrayList<>();
    for (Path file : files) {
      String name = file.getFileName().toString();
      Path copy = path.resolve(name);
      try {
        if (!Files.exists(copy)) {
          Files.write(copy, Files.readAllBytes(file));
        } else if (names.contains(name) || Files.mismatch(file, copy) >= 0) {
          throw new BadInputException(
              "%s: there is another file %s, which is not overwritten; give %s another name"
                  .formatted(path, name, file));
        }
      } catch (IOException e) {
        throw unwritable(path, e);
      }
      names.add(name);
    }
    return names;
  }

  /**
   * Writes the head, then its description.
   *
   * @throws BadInputException if it can't be written
   */
  void write(HeadFile head, Description description) {
    String text =
        new GsonBuilder()
                .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
                .setPrettyPrinting()
                .disableHtmlEscaping()
                .create()
                .toJson(description)
            + "\n";
    try {
      head.write(path.resolve(HeadFile.NAME));
      Files.writeString(path.resolve(TextClassifier.FILE), text);
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  /** The path of a model directory, relative to this one. */
  String wayTo(Path model) {
    try {
      return path.toRealPath().relativize(model.toRealPath()).toString();
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  private static BadInputException unwritable(Path path, IOException e) {
    return new BadInputException("%s can't be written: %s".formatted(path, e), e);
  }
}

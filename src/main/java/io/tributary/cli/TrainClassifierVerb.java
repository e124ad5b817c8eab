package io.tributary.cli;

import io.tributary.cli.standalone.LoadedModel;
import io.tributary.model.classifier.Pooling;
import io.tributary.tools.classifiertraining.ClassifierTraining;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a classifier for the feature type {@code classifier}. */
@Command(
    name = "train-classifier",
    header = "Trains a classifier for use as a feature.",
    description = {
      "Trains a text classifier, a logistic regression on top of a frozen model, "
          + "and writes a classifier directory for features of type classifier. Prints "
          + "one JSON object: accuracy and F1 by cross-validation, overall and per "
          + "fold, the number of texts per label, and the accuracy of always predicting"
          + " the most common label.",
      "",
      "The features of a text are the hidden states of every layer, averaged over"
          + " its tokens; its token n-grams; and how often words of the given lists "
          + "occur, and how often after a negation.",
      ""
    })
final class TrainClassifierVerb extends Verb {
  @Mixin private ModelOptions modelOptions = new ModelOptions();

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description =
          "The texts, one per line, in UTF-8, plain or gzipped (.gz). Columns are "
              + "separated by tabs: the last is the text, the one before it the label, "
              + "and others are ignored. Lines that repeat a text and label count once.")
  @SuppressWarnings("NullAway.Init")
  private Path data;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR",
      description = "The classifier directory to write; it must not hold a classifier yet.")
  @SuppressWarnings("NullAway.Init")
  private Path to;

  @Option(
      names = "--label",
      paramLabel = "LABEL=NAME",
      description = "Renames a label of the file, as in --label 1=positive. May be repeated.")
  private Map<String, String> names = new LinkedHashMap<>();

  @Option(
      names = "--pooling",
      paramLabel = "HOW",
      description =
          "How hidden states are pooled into features: ${COMPLETION-CANDIDATES}. "
              + "Default: ${DEFAULT-VALUE}.")
  private Pooling pooling = Pooling.MEAN;

  @Option(
      names = "--ngrams",
      paramLabel = "N",
      description =
          "Length of the longest token n-grams used as features, 0 to 3 tokens. "
              + "Default: ${DEFAULT-VALUE}.")
  private int ngrams = 2;

  @Option(
      names = "--words",
      paramLabel = "FILE",
      description = "File of words to count, one per line. May be repeated.")
  private List<Path> words = new ArrayList<>();

  @Option(
      names = "--l2",
      paramLabel = "X",
      description =
          "Strength of the prior: X/2 times the sum of squared weights is added to "
              + "the mean loss. Default: ${DEFAULT-VALUE}.")
  private double l2 = 1e-3;

  @Option(
      names = "--folds",
      paramLabel = "N",
      description = "Number of cross-validation folds. Default: ${DEFAULT-VALUE}.")
  private int folds = 5;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed that assigns the texts to folds. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Override
  public Integer call() {
    ClassifierTraining.Settings settings =
        new ClassifierTraining.Settings(pooling, ngrams, words, l2, folds, seed);
    try (LoadedModel model = modelOptions.load()) {
      return done(
          new ClassifierTraining(
                  model.path(), model.languageModel(), model.requireTokenizer(), settings)
              .run(data, names, to)
              .toJson());
    }
  }
}

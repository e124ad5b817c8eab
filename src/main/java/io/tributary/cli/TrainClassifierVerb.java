package io.tributary.cli;

import io.tributary.cli.options.ModelOptions;
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
    description = {
      "Trains a classifier of texts, logistic regression on what a frozen model makes of them, and"
          + " writes a classifier directory for features of type classifier. Prints one JSON"
          + " object: accuracy and F1 by cross-validation, together and of each fold, the number of"
          + " texts of each label, and the accuracy of always giving the commonest.",
      "",
      "The features of a text: the mean over its tokens of the model's hidden states, of every "
          + "layer; the n-grams of tokens in it; how often words of given lists occur, and how "
          + "often behind a negation.",
      ""
    })
final class TrainClassifierVerb extends Verb {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ModelOptions modelOptions;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description =
          "The texts, a line each, in UTF-8, plain or with gzip (.gz). Columns are separated by "
              + "tabs; the last is the text, the one before it its label, those before are not "
              + "looked at. A line that repeats text and label of another counts once.")
  @SuppressWarnings("NullAway.Init")
  private Path data;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR",
      description = "The classifier directory to write; one that holds a classifier is refused.")
  @SuppressWarnings("NullAway.Init")
  private Path to;

  @Option(
      names = "--label",
      paramLabel = "LABEL=NAME",
      description =
          "Another name for a label of the file, as in --label 1=positive. May be repeated.")
  private Map<String, String> names = new LinkedHashMap<>();

  @Option(
      names = "--pooling",
      paramLabel = "HOW",
      description =
          "How hidden states become features: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Pooling pooling = Pooling.MEAN;

  @Option(
      names = "--ngrams",
      paramLabel = "N",
      description =
          "Tokens of the longest n-gram that is a feature, 0 to 3. Default: ${DEFAULT-VALUE}.")
  private int ngrams = 2;

  @Option(
      names = "--words",
      paramLabel = "FILE",
      description = "A list of words, one a line, which are counted. May be repeated.")
  private List<Path> words = new ArrayList<>();

  @Option(
      names = "--l2",
      paramLabel = "X",
      description =
          "Strength of the prior: X/2 times the sum of the squared weights is added to the mean "
              + "loss. Default: ${DEFAULT-VALUE}.")
  private double l2 = 1e-3;

  @Option(
      names = "--folds",
      paramLabel = "N",
      description = "Folds of the cross-validation. Default: ${DEFAULT-VALUE}.")
  private int folds = 5;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Deals the texts into folds. Default: ${DEFAULT-VALUE}.")
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

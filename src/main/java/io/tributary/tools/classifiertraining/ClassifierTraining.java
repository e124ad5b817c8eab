package io.tributary.tools.classifiertraining;

import io.tributary.data.BadInputException;
import io.tributary.data.Fingerprint;
import io.tributary.model.LanguageModel;
import io.tributary.model.MeanStates;
import io.tributary.model.TextTokenizer;
import io.tributary.model.classifier.FeatureRow;
import io.tributary.model.classifier.HeadFile;
import io.tributary.model.classifier.HiddenStateClassifier;
import io.tributary.model.classifier.LinearHead;
import io.tributary.model.classifier.NgramVocabulary;
import io.tributary.model.classifier.Pooling;
import io.tributary.model.classifier.TextFeatures;
import io.tributary.model.classifier.WordLists;
import io.tributary.tools.classifiertraining.ClassifierDirectory.Description;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Trains a {@link HiddenStateClassifier} and writes its directory.
 *
 * @param modelDirectory the directory that {@code model} was read from
 */
public record ClassifierTraining(
    Path modelDirectory,
    LanguageModel model,
    TextTokenizer tokenizer,
    ClassifierTraining.Settings settings) {
  /**
   * Settings.
   *
   * @param pooling how hidden states become features
   * @param ngrams tokens of the longest n-gram that is a feature; 0: none are
   * @param words files of words whose occurrences are features
   * @param l2 strength of the prior on the head's weights, per text: l2/2 |W|^2 is added to the
   *     mean loss
   * @param folds of the cross-validation
   * @param seed assigns the texts to folds
   */
  public record Settings(
      Pooling pooling, int ngrams, List<Path> words, double l2, int folds, long seed) {
    public Settings {
      words = List.copyOf(words);
      if (ngrams < 0 || ngrams > NgramVocabulary.MAX_LENGTH) {
        throw new BadInputException(
            "ngrams = %d: expected 0 to %d".formatted(ngrams, NgramVocabulary.MAX_LENGTH));
      }
      if (!(l2 > 0 && Double.isFinite(l2))) {
        throw new BadInputException("l2 = %s: expected a number above 0".formatted(l2));
      }
      if (pooling == Pooling.NONE && ngrams == 0 && words.isEmpty()) {
        throw new BadInputException(
            "pooling = none, ngrams = 0 and no word list leave no feature; expected at least one");
      }
    }
  }

  /**
   * Cross-validates, trains on all texts, and writes the classifier.
   *
   * @param file labelled texts, as {@code train-classifier --help} describes them
   * @param names other names for the file's labels
   * @param to the classifier directory
   * @return the classifier and its quality
   * @throws BadInputException if the texts can't be used, or {@code to} holds a classifier
   */
  public Outcome run(Path file, Map<String, String> names, Path to) {
    LabelledTexts data = LabelledTexts.read(file, names);
    Folds folds = Folds.of(data, settings.folds(), settings.seed());
    WordLists lists = WordLists.read(settings.words());
    ClassifierDirectory directory = ClassifierDirectory.claim(to);
    List<String> words = directory.copy(settings.words());
    TextFeatures features = features(data, lists);
    List<FeatureRow> rows = features.of(data.texts());
    LogisticRegression regression =
        new LogisticRegression(data.labels().size(), features.statesSize(), settings.l2());
    int ngrams = features.ngrams().size();
    List<Confusion> validation = folds.validate(data, rows, ngrams, regression);
    LinearHead head = regression.fit(rows, data.labelled(), ngrams);
    directory.write(
        new HeadFile(head, features.ngrams()),
        description(data, file, words, directory, validation));
    return outcome(data, to, words, head, validation);
  }

  private TextFeatures features(LabelledTexts data, WordLists lists) {
    int vocabulary = model.config().vocabulary();
    TextFeatures dense =
        new TextFeatures(
            tokenizer,
            model.config().positions(),
            settings.pooling() == Pooling.MEAN
                ? new MeanStates(model, HiddenStateClassifier.MAX_ROWS)
                : null,
            lists,
            NgramVocabulary.none(settings.ngrams(), vocabulary));
    return dense.with(
        NgramVocabulary.of(
            settings.ngrams(),
            vocabulary,
            data.texts().stream().map(dense::tokens).toList(),
            LogisticRegression.LEAST_TEXTS));
  }

  private Description description(
      LabelledTexts data,
      Path file,
      List<String> words,
      ClassifierDirectory directory,
      List<Confusion> validation) {
    Confusion together = Confusion.sum(validation);
    return new Description(
        HiddenStateClassifier.TYPE,
        data.labels(),
        directory.wayTo(modelDirectory),
        Fingerprint.of(model.snapshot()),
        settings.pooling().toString(),
        settings.ngrams(),
        words,
        new Description.Training(
            file.getFileName().toString(), data.texts().size(), settings.l2(), settings.seed()),
        new Description.Quality(
            validation.size(),
            together.accuracy(),
            together.macroF1(),
            together.f1ByLabel(data.labels())));
  }

  private Outcome outcome(
      LabelledTexts data,
      Path to,
      List<String> words,
      LinearHead head,
      List<Confusion> validation) {
    Confusion together = Confusion.sum(validation);
    return new Outcome(
        to.toString(),
        data.texts().size(),
        data.repeated(),
        data.counts(),
        Collections.max(data.counts().values()) / (double) data.texts().size(),
        settings.pooling().toString(),
        settings.ngrams(),
        words,
        head.features(),
        settings.l2(),
        settings.seed(),
        validation.size(),
        together.accuracy(),
        together.macroF1(),
        together.f1ByLabel(data.labels()),
        validation.stream()
            .map(fold -> new Outcome.Fold(fold.accuracy(), fold.macroF1()))
            .toList());
  }
}

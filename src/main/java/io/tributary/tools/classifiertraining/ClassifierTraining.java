package io.tributary.tools.classifiertraining;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tributary.data.BadInputException;
import io.tributary.data.Fingerprint;
import io.tributary.model.LanguageModel;
import io.tributary.model.MeanStates;
import io.tributary.model.TextTokenizer;
import io.tributary.model.classifier.FeatureRow;
import io.tributary.model.classifier.HeadFile;
import io.tributary.model.classifier.HiddenStateClassifier;
import io.tributary.model.classifier.LinearHead;
import io.tributary.model.classifier.NGrams;
import io.tributary.model.classifier.Pooling;
import io.tributary.model.classifier.TextFeatures;
import io.tributary.model.classifier.WordLists;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Trains a {@link HiddenStateClassifier} and writes its directory. */
public final class ClassifierTraining {
  /**
   * Settings.
   *
   * @param pooling how hidden states become features
   * @param ngrams tokens of the longest n-gram that is a feature; 0: none are
   * @param words files of words whose occurrences are features
   * @param l2 strength of the prior on the head's weights, per text: l2/2 |W|^2 is added to the
   *     mean loss
   * @param folds of the cross-validation
   * @param seed deals the texts into folds
   */
  public record Settings(
      Pooling pooling, int ngrams, List<Path> words, double l2, int folds, long seed) {
    public Settings {
      words = List.copyOf(words);
      if (ngrams < 0 || ngrams > NGrams.MAX_LENGTH) {
        throw new BadInputException(
            "ngrams = %d: expected 0 to %d".formatted(ngrams, NGrams.MAX_LENGTH));
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

  private final Path modelDirectory;
  private final LanguageModel model;
  private final TextTokenizer tokenizer;
  private final Settings settings;

  /** Training of a head on {@code model}, which was read from {@code modelDirectory}. */
  public ClassifierTraining(
      Path modelDirectory, LanguageModel model, TextTokenizer tokenizer, Settings settings) {
    this.modelDirectory = modelDirectory;
    this.model = model;
    this.tokenizer = tokenizer;
    this.settings = settings;
  }

  /**
   * Cross-validates, trains on all texts, and writes the classifier.
   *
   * @param file labelled texts, as {@code train-classifier --help} describes them
   * @param names other names for the file's labels
   * @param to the classifier directory
   * @return what was made and how good it is
   * @throws BadInputException if the texts can't be used, or {@code to} holds a classifier
   */
  public JsonObject run(Path file, Map<String, String> names, Path to) {
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
    CrossValidation validation = CrossValidation.of(data, rows, ngrams, regression, folds);
    LinearHead head = regression.fit(rows, data.labelled(), ngrams);
    directory.write(
        new HeadFile(head, features.ngrams()),
        description(data, file, words, directory, validation));
    return report(data, to, words, head, validation);
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
            NGrams.none(settings.ngrams(), vocabulary));
    return dense.with(
        NGrams.of(
            settings.ngrams(),
            vocabulary,
            data.texts().stream().map(dense::tokens).toList(),
            LogisticRegression.LEAST_TEXTS));
  }

  private JsonObject description(
      LabelledTexts data,
      Path file,
      List<String> words,
      ClassifierDirectory directory,
      CrossValidation validation) {
    JsonObject json = new JsonObject();
    json.addProperty("type", HiddenStateClassifier.TYPE);
    json.add("labels", new Gson().toJsonTree(data.labels()));
    json.addProperty("model", directory.wayTo(modelDirectory));
    json.addProperty("model_fingerprint", Fingerprint.of(model.snapshot()));
    addFeatures(json, words);
    JsonObject training = new JsonObject();
    training.addProperty("data", file.getFileName().toString());
    training.addProperty("texts", data.texts().size());
    training.addProperty("l2", settings.l2());
    training.addProperty("seed", settings.seed());
    json.add("training", training);
    json.add("cross_validation", validation.toJson(data.labels()));
    return json;
  }

  private JsonObject report(
      LabelledTexts data,
      Path to,
      List<String> words,
      LinearHead head,
      CrossValidation validation) {
    JsonObject json = new JsonObject();
    json.addProperty("classifier", to.toString());
    int[] counts = data.counts();
    JsonObject labels = new JsonObject();
    for (int k = 0; k < counts.length; k++) {
      labels.addProperty(data.labels().get(k), counts[k]);
    }
    json.addProperty("texts", data.texts().size());
    json.addProperty("repeated", data.repeated());
    json.add("labels", labels);
    json.addProperty(
        "majority_baseline",
        Arrays.stream(counts).max().orElseThrow() / (double) data.texts().size());
    addFeatures(json, words);
    json.addProperty("features", head.features());
    json.addProperty("l2", settings.l2());
    json.addProperty("seed", settings.seed());
    validation.toJson(data.labels()).asMap().forEach(json::add);
    json.add("by_fold", validation.foldsToJson());
    return json;
  }

  private void addFeatures(JsonObject json, List<String> words) {
    json.addProperty("pooling", settings.pooling().toString());
    json.addProperty("ngrams", settings.ngrams());
    JsonArray lists = new JsonArray();
    words.forEach(lists::add);
    json.add("word_lists", lists);
  }
}

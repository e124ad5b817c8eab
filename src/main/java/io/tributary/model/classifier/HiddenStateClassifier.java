package io.tributary.model.classifier;

import ai.djl.Device;
import io.tributary.data.BadInputException;
import io.tributary.data.Fingerprint;
import io.tributary.data.TensorBytes;
import io.tributary.io.JsonFile;
import io.tributary.model.LanguageModel;
import io.tributary.model.MeanStates;
import io.tributary.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A linear head on mean-pooled hidden states of a frozen model, as PPLM's discriminator (Dathathri
 * et al. 2020, arXiv:1912.02164), and on n-grams of its tokens and counts of listed words.
 *
 * <p>Its {@code classifier.json} has
 *
 * <ul>
 *   <li>{@code type}: {@value #TYPE};
 *   <li>{@code labels}: in the order of the logits;
 *   <li>{@code model}: the model directory, relative to this file's;
 *   <li>{@code model_fingerprint}: of that model's weights;
 *   <li>{@code pooling}: {@code mean}, or {@code none} if hidden states are not used;
 *   <li>{@code ngrams}: tokens of the longest n-gram; 0 for none;
 *   <li>{@code word_lists}: files of words, in the same directory;
 *   <li>{@code training} and {@code cross_validation}: how it was trained, and its accuracy.
 * </ul>
 *
 * Beside it lie {@code head.safetensors} and the word lists.
 */
public record HiddenStateClassifier(
    Path directory,
    List<String> labels,
    LanguageModel model,
    TextFeatures features,
    LinearHead head)
    implements TextClassifier {
  public static final String TYPE = "hidden-state-head";
  public static final int MAX_ROWS = 64;

  /**
   * Reads the classifier that {@code json} describes.
   *
   * @throws BadInputException naming the file and what was expected
   */
  static HiddenStateClassifier load(Path directory, JsonFile json, List<String> labels) {
    Pooling pooling = Pooling.of(json);
    int longest = json.number("ngrams", 0);
    WordLists words =
        WordLists.read(json.texts("word_lists").stream().map(directory::resolve).toList());
    ModelDirectory opened = model(directory, json);
    List<TensorBytes> weights = opened.weights();
    requireFingerprint(json, opened, Fingerprint.of(weights));
    LanguageModel model = opened.config().model(weights, Device.cpu());
    try {
      TextFeatures features =
          new TextFeatures(
              opened.tokenizer(),
              opened.config().positions(),
              pooling == Pooling.MEAN ? new MeanStates(model, MAX_ROWS) : null,
              words,
              NgramVocabulary.none(longest, opened.config().vocabulary()));
      HeadFile file =
          HeadFile.read(
              directory.resolve(HeadFile.NAME),
              labels.size(),
              features.denseSize(),
              longest,
              opened.config().vocabulary());
      return new HiddenStateClassifier(
          directory, labels, model, features.with(file.ngrams()), file.head());
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static ModelDirectory model(Path directory, JsonFile json) {
    String way = json.text("model");
    try {
      ModelDirectory opened = ModelDirectory.open(directory.toRealPath().resolve(way).normalize());
      opened.config().beginning();
      return opened;
    } catch (IOException e) {
      throw new BadInputException(directory + " can't be read: " + e, e);
    } catch (BadInputException e) {
      throw new BadInputException(
          "%s names the model %s, which can't be used: %s"
              .formatted(json.file(), way, e.getMessage()),
          e);
    }
  }

  private static void requireFingerprint(JsonFile json, ModelDirectory model, String found) {
    String expected = json.text("model_fingerprint");
    if (!found.equals(expected)) {
      throw json.refusal(
          "the head was trained on hidden states of weights %.12s, but those in %s are %.12s; train it again (tributary train-classifier), or restore the model"
              .formatted(expected, model.path(), found));
    }
  }

  @Override
  public int[] classify(List<String> texts) {
    return features.of(texts).stream().mapToInt(head::predict).toArray();
  }

  @Override
  public void close() {
    model.close();
  }
}

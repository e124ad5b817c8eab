package io.tributary.model.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.tributary.io.JsonFile;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.tools.classifiertraining.Confusion;
import io.tributary.tools.classifiertraining.LabelledTexts;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The classifier in {@code test-data/classifiers/sentiment}, whose README says how to make it. */
@ExtendWith(TorchExtension.class)
@Slow
class ShippedClassifierTest {
  private static final Path SENTIMENT = Path.of("test-data/classifiers/sentiment");

  @Test
  void itTellsPraiseFromComplaint() {
    try (TextClassifier classifier = TextClassifier.load(SENTIMENT)) {
      assertThat(classifier.labels()).containsExactly("negative", "positive");
      assertThat(
              classifier.classify(
                  List.of(
                      "A wonderful film, I loved every minute.",
                      "The food was terrible and the staff rude.",
                      "Excellent phone, works great.",
                      "A complete waste of money.")))
          .containsExactly(1, 0, 1, 0);
    }
  }

  @Test
  void itKnowsTheTextsItWasTrainedOn() {
    LabelledTexts data =
        LabelledTexts.read(
            Path.of("test-data/sentiment/labelled.tsv.gz"),
            Map.of("0", "negative", "1", "positive"));
    assertThat(data.texts()).hasSize(2982);
    List<String> some = data.texts().subList(0, 300);
    try (TextClassifier classifier = TextClassifier.load(SENTIMENT)) {
      int[] truth = Arrays.copyOf(data.labelled(), some.size());
      assertThat(Confusion.of(2, truth, classifier.classify(some)).accuracy()).isGreaterThan(0.65);
    }
  }

  @Test
  void itsDescriptionSaysHowGoodItIsOnTextsThatItWasNotTrainedOn() {
    JsonObject json = JsonFile.read(SENTIMENT.resolve(TextClassifier.FILE)).json();
    JsonObject validation = json.getAsJsonObject("cross_validation");
    assertThat(validation.get("folds").getAsInt()).isEqualTo(5);
    assertThat(validation.get("accuracy").getAsDouble()).isBetween(0.65, 1.0);
    assertThat(validation.get("f1").getAsDouble()).isBetween(0.65, 1.0);
  }
}

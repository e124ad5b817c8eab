package io.tributary.tools.classifiertraining;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.GsonBuilder;
import java.util.List;
import java.util.Map;

/**
 * The classifier and its quality; accuracy and F1 are those of the cross-validation.
 *
 * @param labels texts of each label
 * @param majorityBaseline accuracy of always giving the most frequent label
 */
public record Outcome(
    String classifier,
    int texts,
    int repeated,
    Map<String, Integer> labels,
    double majorityBaseline,
    String pooling,
    int ngrams,
    List<String> wordLists,
    int features,
    double l2,
    long seed,
    int folds,
    double accuracy,
    double f1,
    Map<String, Double> f1ByLabel,
    List<Fold> byFold) {
  record Fold(double accuracy, double f1) {}

  /** As one line of JSON. */
  public String toJson() {
    return new GsonBuilder()
        .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
        .disableHtmlEscaping()
        .create()
        .toJson(this);
  }
}

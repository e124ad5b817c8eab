package io.tributary.tools.classifiertraining;

import io.tributary.model.classifier.HiddenStateClassifier;
import java.util.List;
import java.util.Map;

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

package io.tributary.tools.classifiertraining;

import io.tributary.model.classifier.FeatureRow;
import io.tributary.model.classifier.LinearHead;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Predictions for each fold by heads that were trained on the other folds.
 *
 * @param folds the predictions in each fold
 */
record CrossValidation(List<Confusion> folds) {

  /** Trains and tests once per fold; each text is predicted once. */
  static CrossValidation of(
      LabelledTexts data,
      List<FeatureRow> rows,
      int ngrams,
      LogisticRegression regression,
      Folds folds) {
    List<Confusion> confusions = new ArrayList<>();
    for (int fold = 0; fold < folds.count(); fold++) {
      int[] training = folds.outside(fold);
      int[] held = folds.inside(fold);
      LinearHead head = regression.fit(at(rows, training), data.labelled(training), ngrams);
      int[] predicted = at(rows, held).stream().mapToInt(head::predict).toArray();
      confusions.add(Confusion.of(data.labels().size(), data.labelled(held), predicted));
    }
    return new CrossValidation(confusions);
  }

  private static List<FeatureRow> at(List<FeatureRow> rows, int[] indices) {
    List<FeatureRow> some = new ArrayList<>();
    for (int i : indices) {
      some.add(rows.get(i));
    }
    return some;
  }

  /** What was predicted in all folds together. */
  Confusion together() {
    return folds.stream().reduce(Confusion::plus).orElseThrow();
  }

  /** F1 of each label over all folds together. */
  Map<String, Double> f1ByLabel(List<String> labels) {
    Map<String, Double> byLabel = new LinkedHashMap<>();
    for (int k = 0; k < labels.size(); k++) {
      byLabel.put(labels.get(k), together().f1(k));
    }
    return byLabel;
  }
}

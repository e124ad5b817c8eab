package io.tributary.tools.classifiertraining;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tributary.model.classifier.FeatureRow;
import io.tributary.model.classifier.LinearHead;
import java.util.ArrayList;
import java.util.List;

/**
 * How well heads that were trained on the other folds predict each fold.
 *
 * @param folds what was predicted in each fold
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

  /** The number of folds, and accuracy and F1 over all of them together. */
  JsonObject toJson(List<String> labels) {
    JsonObject json = new JsonObject();
    Confusion together = together();
    json.addProperty("folds", folds.size());
    json.addProperty("accuracy", together.accuracy());
    json.addProperty("f1", together.macroF1());
    JsonObject byLabel = new JsonObject();
    for (int k = 0; k < labels.size(); k++) {
      byLabel.addProperty(labels.get(k), together.f1(k));
    }
    json.add("f1_by_label", byLabel);
    return json;
  }

  /** Accuracy and F1 of each fold. */
  JsonArray foldsToJson() {
    JsonArray array = new JsonArray();
    for (Confusion fold : folds) {
      JsonObject json = new JsonObject();
      json.addProperty("accuracy", fold.accuracy());
      json.addProperty("f1", fold.macroF1());
      array.add(json);
    }
    return array;
  }
}

package io.tributary.tools.classifiertraining;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A confusion matrix.
 *
 * @param counts (true label, predicted label)
 */
public record Confusion(int[][] counts) {

  /** The counts of given texts. */
  public static Confusion of(int labels, int[] truth, int[] predicted) {
    int[][] counts = new int[labels][labels];
    for (int i = 0; i < truth.length; i++) {
      counts[truth[i]][predicted[i]]++;
    }
    return new Confusion(counts);
  }

  /** The sum of several, at least one. */
  static Confusion sum(List<Confusion> parts) {
    int labels = parts.get(0).counts.length;
    int[][] sums = new int[labels][labels];
    for (Confusion part : parts) {
      for (int i = 0; i < labels; i++) {
        for (int j = 0; j < labels; j++) {
          sums[i][j] += part.counts[i][j];
        }
      }
    }
    return new Confusion(sums);
  }

  /** Fraction of texts whose label was predicted. */
  public double accuracy() {
    int right = IntStream.range(0, counts.length).map(k -> counts[k][k]).sum();
    return right / (double) IntStream.range(0, counts.length).map(this::texts).sum();
  }

  /**
   * F1 of a label, the harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN); 0 if it
   * neither occurs nor is predicted.
   */
  double f1(int label) {
    int predicted = IntStream.range(0, counts.length).map(k -> counts[k][label]).sum();
    int both = predicted + texts(label);
    return both == 0 ? 0 : 2.0 * counts[label][label] / both;
  }

  Map<String, Double> f1ByLabel(List<String> labels) {
    Map<String, Double> byLabel = new LinkedHashMap<>();
    for (int k = 0; k < labels.size(); k++) {
      byLabel.put(labels.get(k), f1(k));
    }
    return byLabel;
  }

  /** The mean of all labels' F1. */
  double macroF1() {
    return IntStream.range(0, counts.length).mapToDouble(this::f1).average().orElseThrow();
  }

  private int texts(int label) {
    return IntStream.of(counts[label]).sum();
  }
}

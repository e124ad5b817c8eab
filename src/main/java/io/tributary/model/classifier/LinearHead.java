package io.tributary.model.classifier;

/**
 * A linear map from features to logits, one per label.
 *
 * @param weight (labels, features), row after row; the features are the dense ones, then one for
 *     each n-gram
 * @param bias (labels)
 */
public record LinearHead(float[] weight, float[] bias) {
  public LinearHead {
    if (bias.length == 0 || weight.length % bias.length != 0) {
      throw new IllegalArgumentException(
          "%d weights are not a matrix of %d rows".formatted(weight.length, bias.length));
    }
  }

  /** Features per label. */
  public int features() {
    return weight.length / bias.length;
  }

  /** The logits of a text. */
  public float[] logits(FeatureRow row) {
    float[] logits = bias.clone();
    for (int label = 0; label < logits.length; label++) {
      int start = label * features();
      double sum = bias[label];
      for (int j = 0; j < row.dense().length; j++) {
        sum += weight[start + j] * row.dense()[j];
      }
      for (int j : row.present()) {
        sum += weight[start + row.dense().length + j];
      }
      logits[label] = (float) sum;
    }
    return logits;
  }

  /** The label of the largest logit. */
  public int predict(FeatureRow row) {
    return largest(logits(row), bias.length)[0];
  }

  /**
   * The index of the largest logit of each row, the first of equal ones.
   *
   * @param logits (B, labels), row after row
   * @throws IllegalStateException if a logit is not a number
   */
  static int[] largest(float[] logits, int labels) {
    int[] largest = new int[logits.length / labels];
    for (int row = 0; row < largest.length; row++) {
      for (int label = 0; label < labels; label++) {
        float logit = logits[row * labels + label];
        if (Float.isNaN(logit)) {
          throw new IllegalStateException("the classifier gives a logit that is not a number");
        }
        if (logit > logits[row * labels + largest[row]]) {
          largest[row] = label;
        }
      }
    }
    return largest;
  }
}

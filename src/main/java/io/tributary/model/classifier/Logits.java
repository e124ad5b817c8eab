package io.tributary.model.classifier;

/** From logits to predictions. */
final class Logits {
  private Logits() {}

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

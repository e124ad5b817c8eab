package io.tributary.tools.classifiertraining;

import io.tributary.model.classifier.FeatureRow;
import java.util.Arrays;
import java.util.List;

/**
 * The loss of multinomial logistic regression with a Gaussian prior (Bishop 2006, section 4.3.4):
 *
 * <p>L(W, b) = - 1/n sum_i log p(y_i | x_i) + l2/2 ||W||^2, with p(k | x) = exp(W_k x + b_k) /
 * sum_j exp(W_j x + b_j).
 *
 * <p>A point is W, row after row, then b: labels (features + 1) values. Pure functions.
 *
 * @param rows x_i, at least one
 * @param labels y_i
 * @param labelCount number of labels
 * @param features features per row
 * @param l2 strength of the prior, per text
 */
record SoftmaxLoss(List<FeatureRow> rows, int[] labels, int labelCount, int features, double l2) {

  /** Values of a point. */
  int size() {
    return labelCount * (features + 1);
  }

  /** L at a point. */
  double value(double[] point) {
    double sum = 0;
    for (int i = 0; i < rows.size(); i++) {
      sum -= logProbabilities(point, rows.get(i))[labels[i]];
    }
    double squares = 0;
    for (int j = 0; j < labelCount * features; j++) {
      squares += point[j] * point[j];
    }
    return sum / rows.size() + l2 / 2 * squares;
  }

  /** The gradient of L at a point. */
  double[] gradient(double[] point) {
    double[] gradient = new double[point.length];
    for (int i = 0; i < rows.size(); i++) {
      FeatureRow row = rows.get(i);
      double[] error = logProbabilities(point, row);
      for (int k = 0; k < labelCount; k++) {
        error[k] = (Math.exp(error[k]) - (k == labels[i] ? 1 : 0)) / rows.size();
        addScaled(gradient, k, row, error[k]);
      }
    }
    for (int j = 0; j < labelCount * features; j++) {
      gradient[j] += l2 * point[j];
    }
    return gradient;
  }

  private double[] logProbabilities(double[] point, FeatureRow row) {
    double[] logits = new double[labelCount];
    for (int k = 0; k < labelCount; k++) {
      logits[k] = point[labelCount * features + k] + product(point, k * features, row);
    }
    double largest = Arrays.stream(logits).max().orElseThrow();
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit - largest);
    }
    double logNormaliser = largest + Math.log(sum);
    for (int k = 0; k < labelCount; k++) {
      logits[k] -= logNormaliser;
    }
    return logits;
  }

  /** Four partial sums, so that an addition need not wait for the one before. */
  private double product(double[] point, int start, FeatureRow row) {
    float[] x = row.dense();
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int j = 0;
    for (; j + 3 < x.length; j += 4) {
      a += point[start + j] * x[j];
      b += point[start + j + 1] * x[j + 1];
      c += point[start + j + 2] * x[j + 2];
      d += point[start + j + 3] * x[j + 3];
    }
    for (; j < x.length; j++) {
      a += point[start + j] * x[j];
    }
    for (int present : row.present()) {
      b += point[start + x.length + present];
    }
    return a + b + c + d;
  }

  private void addScaled(double[] gradient, int label, FeatureRow row, double factor) {
    int start = label * features;
    float[] x = row.dense();
    for (int j = 0; j < x.length; j++) {
      gradient[start + j] += factor * x[j];
    }
    for (int present : row.present()) {
      gradient[start + x.length + present] += factor;
    }
    gradient[labelCount * features + label] += factor;
  }
}

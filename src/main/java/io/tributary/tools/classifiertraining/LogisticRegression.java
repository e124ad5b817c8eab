package io.tributary.tools.classifiertraining;

import io.tributary.model.classifier.FeatureRow;
import io.tributary.model.classifier.LinearHead;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.hipparchus.optim.InitialGuess;
import org.hipparchus.optim.MaxEval;
import org.hipparchus.optim.nonlinear.scalar.GoalType;
import org.hipparchus.optim.nonlinear.scalar.ObjectiveFunction;
import org.hipparchus.optim.nonlinear.scalar.ObjectiveFunctionGradient;
import org.hipparchus.optim.nonlinear.scalar.gradient.NonLinearConjugateGradientOptimizer;

/**
 * Trains a head by multinomial logistic regression: minimises {@link SoftmaxLoss}.
 *
 * <p>Dense features are standardised on the texts that are trained on; the mean hidden states are
 * also divided by the root of their number, so that a thousand of them weigh together as much as
 * one other feature. N-grams that occur in fewer than {@value #LEAST_TEXTS} of these texts get no
 * weight.
 *
 * @param labels number of labels
 * @param states how many of the dense features, the first ones, are mean hidden states
 * @param l2 strength of the prior, per text
 */
record LogisticRegression(int labels, int states, double l2) {
  static final int LEAST_TEXTS = 2;
  private static final double TOLERANCE = 1e-6;
  private static final int MAX_ITERATIONS = 300;
  private static final double CONSTANT = 1e-6;

  /** The head with the smallest loss on {@code labelled} rows; it takes rows unscaled. */
  LinearHead fit(List<FeatureRow> rows, int[] labelled, int ngrams) {
    int[] kept = frequent(rows, ngrams);
    Scaling scaling = Scaling.of(rows, states);
    int dense = rows.get(0).dense().length;
    SoftmaxLoss loss =
        new SoftmaxLoss(
            rows.stream().map(row -> prepared(row, scaling, kept)).toList(),
            labelled,
            labels,
            dense + kept.length,
            l2);
    return head(minimum(loss), scaling, kept, ngrams);
  }

  private static double[] minimum(SoftmaxLoss loss) {
    NonLinearConjugateGradientOptimizer optimizer =
        new NonLinearConjugateGradientOptimizer(
            NonLinearConjugateGradientOptimizer.Formula.POLAK_RIBIERE,
            (iteration, previous, current) ->
                iteration >= MAX_ITERATIONS
                    || previous.getValue() - current.getValue() < TOLERANCE * current.getValue());
    return optimizer
        .optimize(
            MaxEval.unlimited(),
            new ObjectiveFunction(loss::value),
            new ObjectiveFunctionGradient(loss::gradient),
            GoalType.MINIMIZE,
            new InitialGuess(new double[loss.size()]))
        .getPoint();
  }

  private static int[] frequent(List<FeatureRow> rows, int ngrams) {
    int[] texts = new int[ngrams];
    rows.forEach(row -> Arrays.stream(row.present()).forEach(j -> texts[j]++));
    return IntStream.range(0, ngrams).filter(j -> texts[j] >= LEAST_TEXTS).toArray();
  }

  private static FeatureRow prepared(FeatureRow row, Scaling scaling, int[] kept) {
    int[] present =
        Arrays.stream(row.present())
            .map(j -> Arrays.binarySearch(kept, j))
            .filter(j -> j >= 0)
            .toArray();
    return new FeatureRow(scaling.apply(row.dense()), present);
  }

  /** The head of unscaled rows with all n-grams. */
  private LinearHead head(double[] point, Scaling scaling, int[] kept, int ngrams) {
    int dense = scaling.factor().length;
    int fitted = dense + kept.length;
    float[] weight = new float[labels * (dense + ngrams)];
    float[] bias = new float[labels];
    for (int k = 0; k < labels; k++) {
      int to = k * (dense + ngrams);
      double shift = 0;
      for (int j = 0; j < dense; j++) {
        double scaled = point[k * fitted + j] * scaling.factor()[j];
        weight[to + j] = (float) scaled;
        shift += scaled * scaling.mean()[j];
      }
      for (int j = 0; j < kept.length; j++) {
        weight[to + dense + kept[j]] = (float) point[k * fitted + dense + j];
      }
      bias[k] = (float) (point[labels * fitted + k] - shift);
    }
    return new LinearHead(weight, bias);
  }

  /**
   * Brings dense features to mean 0 and a common scale: (x - mean) factor. A feature that is
   * constant but for rounding has factor 0.
   */
  private record Scaling(double[] mean, double[] factor) {

    static Scaling of(List<FeatureRow> rows, int states) {
      int dense = rows.get(0).dense().length;
      double[] mean = new double[dense];
      double[] factor = new double[dense];
      for (FeatureRow row : rows) {
        for (int j = 0; j < dense; j++) {
          mean[j] += row.dense()[j] / rows.size();
        }
      }
      for (FeatureRow row : rows) {
        for (int j = 0; j < dense; j++) {
          double deviation = row.dense()[j] - mean[j];
          factor[j] += deviation * deviation / rows.size();
        }
      }
      for (int j = 0; j < dense; j++) {
        double deviation = Math.sqrt(factor[j]);
        double scale = j < states ? Math.sqrt(states) : 1;
        factor[j] = deviation > CONSTANT * Math.abs(mean[j]) ? 1 / (deviation * scale) : 0;
      }
      return new Scaling(mean, factor);
    }

    float[] apply(float[] dense) {
      float[] scaled = new float[dense.length];
      for (int j = 0; j < dense.length; j++) {
        scaled[j] = (float) ((dense[j] - mean[j]) * factor[j]);
      }
      return scaled;
    }
  }
}

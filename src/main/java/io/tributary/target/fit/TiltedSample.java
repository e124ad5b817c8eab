package io.tributary.target.fit;

import io.tributary.target.EnergyBasedModel;
import io.tributary.target.fit.FeatureSample.Point;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.hipparchus.linear.LUDecomposition;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;

/**
 * A sample of the base model with the weights w = P/a of a target: moments of p, Z, and the
 * standard errors of both (self-normalised importance sampling and the delta method; Owen 2013,
 * chapter 9).
 */
final class TiltedSample {
  private final List<Point> points;
  private final int size; // N
  private final double[] shares; // (M), of a vector's sequences in the sum of all w
  private final double logZ;

  /**
   * @param target with all lambdas, and P(x) > 0 for some sequence
   */
  TiltedSample(EnergyBasedModel target, FeatureSample sample) {
    this.points = sample.points();
    this.size = sample.size();
    double[] logs =
        points.stream()
            .mapToDouble(p -> Math.log(p.count()) + target.logFactor(p.features()))
            .toArray();
    double logSum = logSum(logs);
    this.shares =
        IntStream.range(0, logs.length).mapToDouble(i -> Math.exp(logs[i] - logSum)).toArray();
    this.logZ = logSum - Math.log(size);
  }

  private static double logSum(double[] logs) {
    double highest = Arrays.stream(logs).max().orElseThrow();
    double sum = Arrays.stream(logs).map(log -> Math.exp(log - highest)).sum();
    return highest + Math.log(sum);
  }

  /** log of Z = mean w. */
  double logZ() {
    return logZ;
  }

  /** Standard error of mean w, divided by it. */
  double relativeErrorOfZ() {
    double squares = 0;
    for (int i = 0; i < shares.length; i++) {
      double deviation = weight(i) - 1;
      squares += points.get(i).count() * deviation * deviation;
    }
    return Math.sqrt(squares / size / (size - 1));
  }

  /** (sum w)^2 / sum w^2. */
  double effectiveSampleSize() {
    double squares = 0;
    for (int i = 0; i < shares.length; i++) {
      squares += shares[i] * shares[i] / points.get(i).count();
    }
    return 1 / squares;
  }

  /** w / mean w of a sequence with this vector of feature values. */
  private double weight(int point) {
    return shares[point] * size / points.get(point).count();
  }

  /** sum w phi / sum w. */
  double moment(int feature) {
    double moment = 0;
    for (int i = 0; i < shares.length; i++) {
      moment += shares[i] * value(i, feature);
    }
    return moment;
  }

  /** Standard error of the moment: that of the mean of the residuals w (phi - moment) / mean w. */
  double momentError(int feature) {
    return Math.sqrt(residualCovariance(feature, feature) / size);
  }

  /** As {@link #momentError}; for a feature that is not binary, in its standard deviations. */
  double comparableError(int feature) {
    boolean binary =
        IntStream.range(0, shares.length)
            .mapToDouble(i -> value(i, feature))
            .allMatch(value -> value == 0 || value == 1);
    return momentError(feature) / (binary ? 1 : Math.sqrt(covariance(feature, feature)));
  }

  /**
   * Standard errors of lambdas that were fitted on this sample: H^-1 S H^-1 / N, with the
   * covariance H of the features under p, the slope of the moments, and the covariance S of the
   * residuals (the sandwich of M-estimators; van der Vaart 1998, theorem 5.21).
   *
   * @param features the fitted ones
   * @return (features)
   */
  double[] lambdaErrors(int[] features) {
    int n = features.length;
    if (n == 0) {
      return new double[0];
    }
    RealMatrix slope = MatrixUtils.createRealMatrix(n, n);
    RealMatrix residuals = MatrixUtils.createRealMatrix(n, n);
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < n; k++) {
        slope.setEntry(i, k, covariance(features[i], features[k]));
        residuals.setEntry(i, k, residualCovariance(features[i], features[k]));
      }
    }
    RealMatrix inverse = new LUDecomposition(slope, Double.MIN_NORMAL).getSolver().getInverse();
    RealMatrix variance = inverse.multiply(residuals).multiply(inverse);
    return IntStream.range(0, n)
        .mapToDouble(i -> Math.sqrt(variance.getEntry(i, i) / size))
        .toArray();
  }

  /** Covariance of two features under p. */
  private double covariance(int first, int second) {
    return deviations(first, second, i -> shares[i]);
  }

  /** Covariance of two features' residuals w (phi - moment) / mean w, whose means are 0. */
  private double residualCovariance(int first, int second) {
    return deviations(first, second, i -> points.get(i).count() * weight(i) * weight(i))
        / (size - 1);
  }

  /** Sum over vectors of factor (phi - moment) (phi' - moment'). */
  private double deviations(int first, int second, IntToDoubleFunction factor) {
    double firstMean = moment(first);
    double secondMean = moment(second);
    double sum = 0;
    for (int i = 0; i < shares.length; i++) {
      sum +=
          factor.applyAsDouble(i) * (value(i, first) - firstMean) * (value(i, second) - secondMean);
    }
    return sum;
  }

  private double value(int point, int feature) {
    return points.get(point).features()[feature];
  }
}

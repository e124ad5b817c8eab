package io.tributary.target.fit;

import io.tributary.target.EnergyBasedModel;
import io.tributary.target.Factor;
import io.tributary.target.fit.FeatureSample.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The lambdas that give features their desired moments on a sample, as the minimum of the convex
 * dual log mean_j w_j - lambda . mu_bar with w_j = hard_j exp(lambda . phi_j) (section 2.1, Korbak
 * et al. 2022, arXiv:2206.00761; Csiszar 1975, doi:10.1214/aop/1176996454).
 *
 * <p>Sequences come from the base model itself, so a/q = 1. Features are scaled to [0, 1] on the
 * sample to make them comparable; {@link #lambdas} scales back.
 */
final class MomentProblem {
  /** The factors whose lambdas are fitted. */
  final List<Factor.Tilted> fitted;

  /** (M, F), the different vectors of feature values, each from 0 to 1. */
  final double[][] points; // of sequences that the hard constraints allow

  /** Number of sequences that satisfy the hard constraints. */
  final int allowed;

  private final double[] lowest; // (F)
  private final double[] range; // (F); 0 for a feature with one value only
  private final double[] logWeights; // (M), log count plus log hard factor

  /** The problem of a target's fitted features, at least one, on a sample with positive weight. */
  MomentProblem(EnergyBasedModel target, FeatureSample sample) {
    fitted = target.distributional();
    int[] columns = fitted.stream().mapToInt(factor -> target.factors().indexOf(factor)).toArray();
    List<double[]> rows = new ArrayList<>();
    List<Double> logs = new ArrayList<>();
    int satisfying = 0;
    for (Point point : sample.points()) {
      double logHard = target.logHardFactor(point.features());
      if (logHard > Double.NEGATIVE_INFINITY) {
        rows.add(Arrays.stream(columns).mapToDouble(c -> point.features()[c]).toArray());
        logs.add(Math.log(point.count()) + logHard);
        satisfying += point.count();
      }
    }
    lowest = new double[columns.length];
    range = new double[columns.length];
    for (int i = 0; i < columns.length; i++) {
      int column = i;
      lowest[i] = rows.stream().mapToDouble(row -> row[column]).min().orElseThrow();
      range[i] = rows.stream().mapToDouble(row -> row[column]).max().orElseThrow() - lowest[i];
    }
    for (double[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = range[i] == 0 ? 0 : (row[i] - lowest[i]) / range[i];
      }
    }
    points = rows.toArray(double[][]::new);
    allowed = satisfying;
    logWeights = logs.stream().mapToDouble(Double::doubleValue).toArray();
  }

  double lowest(int i) {
    return lowest[i];
  }

  double highest(int i) {
    return lowest[i] + range[i];
  }

  /** Desired moments in the units of {@link #points}; for a constant feature, 0 if it has it. */
  double[] desired() {
    double[] desired = new double[fitted.size()];
    for (int i = 0; i < desired.length; i++) {
      double distance = fitted.get(i).moment() - lowest[i];
      desired[i] = range[i] == 0 ? distance : distance / range[i];
    }
    return desired;
  }

  /** Lambdas of the unscaled features, given those of {@link #points}. */
  double[] lambdas(double[] scaled) {
    double[] lambdas = new double[scaled.length];
    Arrays.setAll(lambdas, i -> scaled[i] / range[i]);
    return lambdas;
  }

  /**
   * Mean and covariance of the features under weights proportional to w.
   *
   * @param mean (F), the gradient of the dual plus mu_bar
   * @param covariance (F, F), the Hessian of the dual
   */
  record Tilt(double[] mean, double[][] covariance) {}

  /**
   * The tilt by given lambdas.
   *
   * @param lambdas (F), those of {@link #points}
   */
  Tilt tilt(double[] lambdas) {
    double[] shares = shares(lambdas);
    int n = lambdas.length;
    double[] mean = new double[n];
    for (int j = 0; j < shares.length; j++) {
      for (int i = 0; i < n; i++) {
        mean[i] += shares[j] * points[j][i];
      }
    }
    double[][] covariance = new double[n][n];
    for (int j = 0; j < shares.length; j++) {
      for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++) {
          covariance[i][k] += shares[j] * (points[j][i] - mean[i]) * (points[j][k] - mean[k]);
        }
      }
    }
    return new Tilt(mean, covariance);
  }

  /** w divided by its sum, computed from logarithms. */
  private double[] shares(double[] lambdas) {
    double[] logs = new double[points.length];
    double highest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < logs.length; j++) {
      logs[j] = logWeights[j];
      for (int i = 0; i < lambdas.length; i++) {
        logs[j] += lambdas[i] * points[j][i];
      }
      highest = Math.max(highest, logs[j]);
    }
    double sum = 0;
    double[] shares = new double[logs.length];
    for (int j = 0; j < logs.length; j++) {
      shares[j] = Math.exp(logs[j] - highest);
      sum += shares[j];
    }
    for (int j = 0; j < logs.length; j++) {
      shares[j] /= sum;
    }
    return shares;
  }
}

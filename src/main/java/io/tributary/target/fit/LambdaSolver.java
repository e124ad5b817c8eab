package io.tributary.target.fit;

import io.tributary.target.fit.MomentProblem.Tilt;
import java.util.Arrays;
import org.hipparchus.exception.MathIllegalStateException;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.optim.nonlinear.vector.leastsquares.LeastSquaresBuilder;
import org.hipparchus.optim.nonlinear.vector.leastsquares.LevenbergMarquardtOptimizer;
import org.hipparchus.optim.nonlinear.vector.leastsquares.MultivariateJacobianFunction;
import org.hipparchus.util.MathArrays;
import org.hipparchus.util.Pair;

/**
 * Finds lambda with mu(lambda) = mu_bar, where the gradient of the dual is zero, by
 * Levenberg-Marquardt steps. Their Jacobian is the dual's Hessian, the weighted covariance of the
 * features.
 *
 * <p>If the start is too far off, the moments move from those of the sample to the desired ones in
 * several steps, each starting at the previous lambdas. All intermediate moments have a solution if
 * the desired ones have, since the set of possible moments is convex.
 *
 * @param problem one that {@link MomentFeasibility} accepts
 */
record LambdaSolver(MomentProblem problem) {
  /** Largest error of a moment, in units of the feature's range. */
  static final double TOLERANCE = 1e-10;

  private static final double RELATIVE_TOLERANCE = 1e-15;
  private static final int MAX_EVALUATIONS = 1_000;
  private static final int MAX_STEPS = 1 << 12;

  /**
   * The lambdas.
   *
   * @return (F), those of the problem's points
   * @throws ArithmeticException if they are not found
   */
  double[] solve() {
    for (int steps = 1; steps <= MAX_STEPS; steps *= 4) {
      double[] lambdas = solve(steps);
      double[] moments = problem.tilt(lambdas).mean();
      if (MathArrays.distanceInf(moments, problem.desired()) <= TOLERANCE) { // not if NaN
        return lambdas;
      }
    }
    throw new ArithmeticException(
        "no lambdas found for the moments " + Arrays.toString(problem.desired()));
  }

  private double[] solve(int steps) {
    double[] desired = problem.desired();
    double[] lambdas = new double[desired.length];
    double[] from = problem.tilt(lambdas).mean();
    if (steps == 1) {
      lambdas = independent(from, desired);
    }
    for (int step = 1; step <= steps; step++) {
      double share = (double) step / steps;
      double[] moments = new double[desired.length];
      Arrays.setAll(moments, i -> from[i] + share * (desired[i] - from[i]));
      lambdas = solve(lambdas, moments);
    }
    return lambdas;
  }

  /** The lambdas if the features were binary and independent. */
  private static double[] independent(double[] from, double[] desired) {
    double[] lambdas = new double[from.length];
    Arrays.setAll(lambdas, i -> logit(desired[i]) - logit(from[i]));
    return lambdas;
  }

  private static double logit(double mean) {
    return Math.log(mean) - Math.log1p(-mean);
  }

  private double[] solve(double[] start, double[] moments) {
    MultivariateJacobianFunction model =
        point -> {
          Tilt tilt = problem.tilt(point.toArray());
          return new Pair<>(
              MatrixUtils.createRealVector(tilt.mean()),
              MatrixUtils.createRealMatrix(tilt.covariance()));
        };
    try {
      return new LevenbergMarquardtOptimizer()
          .withCostRelativeTolerance(RELATIVE_TOLERANCE)
          .withParameterRelativeTolerance(RELATIVE_TOLERANCE)
          .withOrthoTolerance(RELATIVE_TOLERANCE)
          .optimize(
              new LeastSquaresBuilder()
                  .start(start)
                  .target(moments)
                  .model(model)
                  .maxEvaluations(MAX_EVALUATIONS)
                  .maxIterations(MAX_EVALUATIONS)
                  .build())
          .getPoint()
          .toArray();
    } catch (MathIllegalStateException e) {
      return start; // no step leads further from there
    }
  }
}

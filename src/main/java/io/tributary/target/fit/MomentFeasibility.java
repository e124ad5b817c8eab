package io.tributary.target.fit;

import io.tributary.data.BadInputException;
import io.tributary.target.Factor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.hipparchus.exception.MathIllegalStateException;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.SingularValueDecomposition;
import org.hipparchus.optim.MaxIter;
import org.hipparchus.optim.PointValuePair;
import org.hipparchus.optim.linear.LinearConstraint;
import org.hipparchus.optim.linear.LinearConstraintSet;
import org.hipparchus.optim.linear.LinearObjectiveFunction;
import org.hipparchus.optim.linear.NonNegativeConstraint;
import org.hipparchus.optim.linear.PivotSelectionRule;
import org.hipparchus.optim.linear.Relationship;
import org.hipparchus.optim.linear.SimplexSolver;
import org.hipparchus.optim.nonlinear.scalar.GoalType;

/**
 * Rejects moments that no lambdas give on a sample, and features whose lambdas the sample does not
 * determine.
 *
 * <p>Lambdas with the desired moments exist if and only if these lie in the relative interior of
 * the convex hull of the sample's feature vectors, and are the only ones if and only if no feature
 * follows linearly from the others (Barndorff-Nielsen 1978, chapter 9). The first is a linear
 * program: the largest t such that the moments are a mean of all vectors with a share of at least t
 * each.
 *
 * @param sample its name in messages
 */
record MomentFeasibility(MomentProblem problem, String sample) {
  /** Tolerance of the linear program; shares and singular values below it count as zero. */
  private static final double EPSILON = 1e-9;

  private static final int MAX_ITERATIONS = 100_000;

  /**
   * Checks moments and features.
   *
   * @param size sequences of the sample
   * @throws BadInputException naming the features that cause the problem
   */
  static void require(MomentProblem problem, int size) {
    String sample =
        problem.allowed == size
            ? "the %,d sequences drawn from the base model".formatted(size)
            : "the %,d of %,d sequences drawn from the base model that satisfy the hard constraints"
                .formatted(problem.allowed, size);
    new MomentFeasibility(problem, sample).require();
  }

  private void require() {
    int n = problem.fitted.size();
    for (int i = 0; i < n; i++) {
      requireBetweenExtremes(i);
    }
    List<Integer> all = IntStream.range(0, n).boxed().toList();
    if (!isFeasible(all)) {
      List<Integer> blamed = HardConstraints.smallest(n, some -> !isFeasible(some));
      throw new BadInputException(
          "target.features: the moments of %s are impossible together: no weights give them to %s; expected moments that the features' overlap allows, such as a sum of at most 1 where they exclude each other, or more sequences (target.fit.sequences)"
              .formatted(named(blamed, true), sample));
    }
    if (!isIndependent(all)) {
      List<Integer> blamed = HardConstraints.smallest(n, some -> !isIndependent(some));
      throw new BadInputException(
          "target.features: %s depend on each other in %s: one follows from the rest, so their lambdas are not determined; leave one of them out"
              .formatted(named(blamed, false), sample));
    }
  }

  private void requireBetweenExtremes(int i) {
    Factor.Tilted factor = problem.fitted.get(i);
    double lowest = problem.lowest(i);
    double highest = problem.highest(i);
    if (lowest < highest && isFeasible(List.of(i))) {
      return;
    }
    String name = factor.feature().name();
    String seen =
        lowest < highest
            ? "is from %s to %s".formatted(lowest, highest)
            : lowest == 0 ? "never occurs" : lowest == 1 ? "always occurs" : "is always " + lowest;
    throw new BadInputException(
        "target.features: \"%s\" %s in %s, so no lambda gives it the moment %s; expected a moment strictly between its values there, or more sequences (target.fit.sequences)"
            .formatted(name, seen, sample, factor.moment()));
  }

  private String named(List<Integer> features, boolean withMoments) {
    return HardConstraints.listed(
        features.stream()
            .map(problem.fitted::get)
            .map(
                factor ->
                    '"'
                        + factor.feature().name()
                        + '"'
                        + (withMoments ? " (" + factor.moment() + ")" : ""))
            .toList());
  }

  /** Whether the moments of these features lie in the interior of what the sample allows. */
  private boolean isFeasible(List<Integer> features) {
    double[][] points = problem.points;
    double[] desired = problem.desired();
    int m = points.length;
    List<LinearConstraint> constraints = new ArrayList<>();
    for (int i : features) { // share_j = t + v_(j+1) with v >= 0
      double[] row = new double[m + 1];
      for (int j = 0; j < m; j++) {
        row[j + 1] = points[j][i];
        row[0] += points[j][i];
      }
      constraints.add(new LinearConstraint(row, Relationship.EQ, desired[i]));
    }
    double[] sum = new double[m + 1];
    Arrays.fill(sum, 1);
    sum[0] = m;
    constraints.add(new LinearConstraint(sum, Relationship.EQ, 1));
    double[] objective = new double[m + 1];
    objective[0] = 1;
    try {
      PointValuePair solution =
          new SimplexSolver(EPSILON)
              .optimize(
                  new MaxIter(MAX_ITERATIONS),
                  new LinearObjectiveFunction(objective, 0),
                  new LinearConstraintSet(constraints),
                  GoalType.MAXIMIZE,
                  new NonNegativeConstraint(true),
                  PivotSelectionRule.BLAND);
      return solution.getValue() * m > EPSILON;
    } catch (MathIllegalStateException e) {
      return false; // there is no solution
    }
  }

  /** Whether none of these features follows linearly from the others. */
  private boolean isIndependent(List<Integer> features) {
    double[][] points = problem.points;
    RealMatrix centred = MatrixUtils.createRealMatrix(points.length, features.size());
    for (int c = 0; c < features.size(); c++) {
      int i = features.get(c);
      double mean = Arrays.stream(points).mapToDouble(point -> point[i]).average().orElseThrow();
      for (int j = 0; j < points.length; j++) {
        centred.setEntry(j, c, points[j][i] - mean);
      }
    }
    double[] singular = new SingularValueDecomposition(centred).getSingularValues();
    return points.length > features.size() && singular[singular.length - 1] > EPSILON * singular[0];
  }
}

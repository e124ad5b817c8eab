package io.tributary.objective.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.objective.estimate.ControlFit.Coefficients;
import io.tributary.objective.estimate.ControlFit.State;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ControlFitTest {
  private static final double[] NOTHING = {0, 0};

  private static ControlFit of(State... batches) {
    ControlFit fit = new ControlFit(State.EMPTY);
    for (State batch : batches) {
      fit.add(batch);
    }
    return fit;
  }

  @Test
  void withoutNoiseTheCoefficientsAreFound() {
    Random random = new Random(1);
    State batch = State.EMPTY;
    for (int i = 0; i < 20; i++) {
      double f = random.nextGaussian();
      double c = random.nextGaussian() + f;
      batch = batch.plus(State.of(0.3 * f - 0.7 * c, new double[] {f}, new double[] {c}));
    }
    Coefficients found = of(batch).coefficients();
    assertThat(found.baseline()).isEqualTo(0.3, within(1e-9));
    assertThat(found.milestones()).isEqualTo(0.7, within(1e-9));
  }

  @Test
  void noOtherCoefficientsMakeTheSecondMomentSmaller() {
    Random random = new Random(2);
    double[][] tokens = new double[50][];
    State batch = State.EMPTY;
    for (int i = 0; i < tokens.length; i++) {
      double f = 1 + random.nextGaussian();
      double c = random.nextGaussian();
      tokens[i] = new double[] {random.nextGaussian() + f - c, f, c};
      batch = batch.plus(State.of(tokens[i][0], new double[] {f}, new double[] {c}));
    }
    Coefficients best = of(batch).coefficients();
    double least = secondMoment(tokens, best.baseline(), best.milestones());
    for (double step : new double[] {-0.01, 0.01}) {
      assertThat(secondMoment(tokens, best.baseline() + step, best.milestones()))
          .isGreaterThan(least);
      assertThat(secondMoment(tokens, best.baseline(), best.milestones() + step))
          .isGreaterThan(least);
    }
  }

  private static double secondMoment(double[][] tokens, double alpha, double kappa) {
    double sum = 0;
    for (double[] token : tokens) {
      double rest = token[0] - alpha * token[1] + kappa * token[2];
      sum += rest * rest;
    }
    return sum;
  }

  @Test
  void aVariateThatIsMissingKeepsItsInitialCoefficient() {
    assertThat(of().coefficients()).isEqualTo(Coefficients.INITIAL);
    assertThat(of(State.of(2, NOTHING, NOTHING)).coefficients()).isEqualTo(Coefficients.INITIAL);
    assertThat(of(State.of(2, new double[] {4, 4}, NOTHING)).coefficients())
        .isEqualTo(new Coefficients(0.5, 0));
    assertThat(of(State.of(2, NOTHING, new double[] {4, 4})).coefficients())
        .isEqualTo(new Coefficients(1, -0.5));
    assertThat(of(State.of(2, new double[] {4, 4}, new double[] {4, 4})).coefficients())
        .as("of two that are the same")
        .isEqualTo(new Coefficients(0.5, 0));
  }

  @Test
  void laterBatchesCountMoreAndOneThatIsNotFiniteNothing() {
    State first = State.of(1, new double[] {1}, new double[] {0});
    State second = State.of(3, new double[] {1}, new double[] {0});
    State broken = State.of(Double.POSITIVE_INFINITY, new double[] {1}, new double[] {0});
    assertThat(of(first, second, broken).coefficients().baseline())
        .isEqualTo((0.9 * 1 + 3) / 1.9, within(1e-12));
  }
}

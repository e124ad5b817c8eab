package io.tributary.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KlPenaltyTest {
  /** With 1,000 sequences of a horizon of 10,000, K_beta is the 0.1 of arXiv:1909.08593. */
  @ParameterizedTest
  @CsvSource({
    // KL, error, beta afterwards
    "6,    0,    0.15",
    "6.6,  0.1,  0.1515",
    "5.4, -0.1,  0.1485",
    "60,   0.2,  0.153",
    "0,   -0.2,  0.147",
    "-3,  -0.2,  0.147"
  })
  void betaRisesWhereTheDivergenceIsAboveItsTargetAndFallsWhereItIsBelow(
      double kl, double error, double beta) {
    var controller = new KlPenalty.Controller(6, 10_000);
    assertThat(controller.error(kl)).isEqualTo(error, within(1e-12));
    assertThat(controller.next(0.15, kl, 1000)).isEqualTo(beta, within(1e-12));
  }

  @Test
  void thePaceDoesNotDependOnTheSizeOfBatches() {
    var controller = new KlPenalty.Controller(6, 10_000);
    double small = 0.15;
    double large = 0.15;
    for (int i = 0; i < 16; i++) {
      small = controller.next(small, 9, 64);
    }
    for (int i = 0; i < 2; i++) {
      large = controller.next(large, 9, 512);
    }
    assertThat(small).isEqualTo(large, within(1e-3 * large));
  }

  @Test
  void aDivergenceThatAnswersBetaIsBroughtToItsTarget() {
    var controller = new KlPenalty.Controller(2, 1000);
    double beta = 0.01;
    for (int step = 0; step < 2000; step++) {
      beta = controller.next(beta, 0.5 / beta, 100); // the stronger the pull, the less it is
    }
    assertThat(0.5 / beta).isEqualTo(2, within(1e-6));
  }
}

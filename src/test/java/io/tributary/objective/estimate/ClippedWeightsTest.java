package io.tributary.objective.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.PartitionFunctionEstimate;
import org.junit.jupiter.api.Test;

class ClippedWeightsTest {
  private static final double NONE = Double.NEGATIVE_INFINITY;

  private static PartitionFunctionEstimate z(double value) {
    return new PartitionFunctionEstimate(Math.log(value), 0.1, 100, 10, 10);
  }

  private static double[] logs(double... weights) {
    double[] logs = weights.clone();
    for (int i = 0; i < logs.length; i++) {
      logs[i] = Math.log(weights[i]);
    }
    return logs;
  }

  @Test
  void theShareIsThatOfTheSumOfAllWeights() {
    ClippedWeights clipped = new ClippedWeights(ClippedWeights.State.EMPTY);
    assertThat(clipped.share()).isNaN();
    clipped.add(logs(2, 0, 1), z(0.5), 1); // 6 in units of Z, nothing taken
    assertThat(clipped.share()).isZero();
    clipped.add(logs(7), z(0.5), 0.25); // 14, of which 10.5 are taken
    assertThat(clipped.share()).isEqualTo(10.5 / 20, within(1e-12));
    ClippedWeights restored = new ClippedWeights(clipped.state());
    restored.add(logs(4), z(1), 0.5);
    assertThat(restored.share()).isEqualTo(12.5 / 24, within(1e-12));
  }

  @Test
  void aStepThatWasSkippedOrOfWhichNothingIsKnownDoesNotCount() {
    ClippedWeights clipped = new ClippedWeights(new ClippedWeights.State(4, 1));
    clipped.add(logs(1), z(1), Double.NaN);
    clipped.add(logs(Double.POSITIVE_INFINITY), z(1), 0.5);
    clipped.add(new double[] {0}, new PartitionFunctionEstimate(NONE, Double.NaN, 10, 0, 0), 0.5);
    assertThat(clipped.state()).isEqualTo(new ClippedWeights.State(4, 1));
  }
}

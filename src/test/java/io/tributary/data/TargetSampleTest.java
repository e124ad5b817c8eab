package io.tributary.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TargetSampleTest {
  /** Of the base model, so that the weight is P/a. */
  private static ScoredSequence drawn(int index, double logFactor) {
    double logBase = -1 - index % 7;
    Sequence sequence = new Sequence(0, index, new int[] {index}, new double[] {logBase}, 1);
    return new ScoredSequence(
        sequence, "text " + index, new double[0], logBase, logBase + logFactor);
  }

  @Test
  void whatHasNoWeightDoesNotStandForTheTarget() {
    TargetSample sample =
        TargetSample.of(List.of(drawn(0, Double.NEGATIVE_INFINITY), drawn(1, 2), drawn(2, 0)));
    assertThat(sample.tokens()).containsExactly(new int[] {1}, new int[] {2});
    assertThat(sample.logWeights()).containsExactly(2, 0);
    assertThat(sample.logTargets()).containsExactly(0, -3);
  }

  /** One in fifty has a hundred times the weight, as where a rare feature is to become frequent. */
  @Test
  void ofManyThoseWithMuchWeightStay() {
    List<ScoredSequence> drawn = new ArrayList<>();
    Random random = new Random(1);
    double all = 0;
    double heavy = 0;
    for (int i = 0; i < 8192; i++) {
      boolean rare = random.nextInt(50) == 0;
      drawn.add(drawn(i, rare ? Math.log(100) : 0));
      all += rare ? 100 : 1;
      heavy += rare ? 100 : 0;
    }
    TargetSample sample = TargetSample.of(drawn);
    assertThat(sample.entries().size()).isBetween(100, TargetSample.MOST);
    double kept = 0;
    double keptHeavy = 0;
    for (TargetSample.Entry entry : sample.entries()) {
      double weight = Math.exp(entry.logWeight());
      boolean rare = drawn.get(entry.tokens()[0]).logFactor() > 1;
      kept += weight;
      keptHeavy += rare ? weight : 0;
    }
    assertThat(kept).isEqualTo(TargetSample.MOST, within(1e-6));
    assertThat(keptHeavy / kept).isEqualTo(heavy / all, within(0.02));
  }
}

package io.tributary.tools.classifiertraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfusionTest {
  /** Label 0: 3 of 4 found, 2 others taken for it. Label 2 is never predicted. */
  private static final Confusion CONFUSION =
      Confusion.of(3, new int[] {0, 0, 0, 0, 1, 1, 1, 2}, new int[] {0, 0, 0, 1, 1, 1, 0, 0});

  @Test
  void accuracyIsTheShareOfRightPredictions() {
    assertThat(CONFUSION.accuracy()).isEqualTo(5 / 8.0);
  }

  @Test
  void f1IsTheHarmonicMeanOfPrecisionAndRecall() {
    double precision = 3 / 5.0;
    double recall = 3 / 4.0;
    assertThat(CONFUSION.f1(0))
        .isEqualTo(2 * precision * recall / (precision + recall), within(1e-12));
    assertThat(CONFUSION.f1(1)).isEqualTo(2 / 3.0, within(1e-12));
    assertThat(CONFUSION.f1(2)).isZero();
    assertThat(CONFUSION.macroF1()).isEqualTo((2 / 3.0 + 2 / 3.0) / 3, within(1e-12));
    assertThat(Confusion.of(2, new int[] {0}, new int[] {0}).f1(1)).isZero();
  }

  @Test
  void countsAddUp() {
    assertThat(Confusion.sum(List.of(CONFUSION, CONFUSION)).counts())
        .isDeepEqualTo(new int[][] {{6, 2, 0}, {2, 4, 0}, {2, 0, 0}});
  }
}

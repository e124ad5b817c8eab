package io.tributary.tools.classifiertraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.model.classifier.FeatureRow;
import io.tributary.model.classifier.LinearHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {
  private static final int NGRAMS = 4;
  private static final int[] NONE = {};

  private final Random random = new Random(5);
  private final List<FeatureRow> rows = new ArrayList<>();
  private final int[] labels = new int[60];

  LogisticRegressionTest() {
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 3;
      float[] dense = {
        (float) (random.nextGaussian() + labels[i]), (float) (5 + random.nextGaussian()), 7
      };
      rows.add(new FeatureRow(dense, labels[i] == 0 ? new int[] {0, 2} : new int[] {i % 2}));
    }
  }

  @Test
  void aPointOfZerosGivesEveryLabelTheSameProbability() {
    SoftmaxLoss loss = new SoftmaxLoss(rows, labels, 3, 3 + NGRAMS, 0.1);
    assertThat(loss.size()).isEqualTo(3 * (3 + NGRAMS + 1));
    assertThat(loss.value(new double[loss.size()])).isEqualTo(Math.log(3), within(1e-12));
  }

  @Test
  void theGradientIsThatOfTheValue() {
    SoftmaxLoss loss = new SoftmaxLoss(rows, labels, 3, 3 + NGRAMS, 0.1);
    double[] point = random.doubles(loss.size(), -1, 1).toArray();
    double[] gradient = loss.gradient(point);
    for (int j = 0; j < point.length; j++) {
      double[] up = point.clone();
      double[] down = point.clone();
      up[j] += 1e-5;
      down[j] -= 1e-5;
      assertThat(gradient[j]).isEqualTo((loss.value(up) - loss.value(down)) / 2e-5, within(1e-7));
    }
  }

  @Test
  void withoutFeaturesTheBiasesAreTheLogShares() {
    List<FeatureRow> bare =
        IntStream.range(0, 8).mapToObj(i -> new FeatureRow(new float[0], NONE)).toList();
    LinearHead head =
        new LogisticRegression(2, 0, 1e-3).fit(bare, new int[] {0, 0, 0, 0, 0, 0, 1, 1}, 0);
    assertThat(head.bias()[0] - head.bias()[1]).isEqualTo((float) Math.log(3), within(1e-2f));
  }

  @Test
  void aFeatureThatTellsLabelsApartIsLearned() {
    LinearHead head = fit(rows);
    assertThat(rows.stream().mapToInt(head::predict).toArray())
        .satisfies(
            predicted ->
                assertThat(Confusion.of(3, labels, predicted).accuracy()).isGreaterThan(0.7));
    for (int i = 0; i < labels.length; i += 3) {
      assertThat(head.predict(rows.get(i))).isZero();
    }
  }

  @Test
  void scaleAndPlaceOfADenseFeatureDoNotMatter() {
    LinearHead head = fit(rows);
    List<FeatureRow> moved =
        rows.stream().map(row -> new FeatureRow(moved(row.dense()), row.present())).toList();
    LinearHead other = fit(moved);
    for (int i = 0; i < labels.length; i++) {
      assertThat(other.logits(moved.get(i)))
          .containsExactly(head.logits(rows.get(i)), within(2e-2f));
    }
  }

  @Test
  void whatIsConstantOrRareGetsNoWeight() {
    rows.set(0, new FeatureRow(rows.get(0).dense(), new int[] {0, 2, 3}));
    LinearHead head = fit(rows);
    assertThat(head.features()).isEqualTo(3 + NGRAMS);
    for (int label = 0; label < 3; label++) {
      int start = label * head.features();
      assertThat(head.weight()[start + 2]).isZero();
      assertThat(head.weight()[start + 3 + 3]).isZero();
      assertThat(head.weight()[start + 3 + 2]).isNotZero();
    }
  }

  @Test
  void aStrongerPriorGivesSmallerWeights() {
    double weak = squares(new LogisticRegression(3, 0, 1e-3).fit(rows, labels, NGRAMS));
    double strong = squares(new LogisticRegression(3, 0, 1).fit(rows, labels, NGRAMS));
    assertThat(strong).isLessThan(weak / 10);
  }

  private LinearHead fit(List<FeatureRow> some) {
    return new LogisticRegression(3, 2, 1e-2).fit(some, labels, NGRAMS);
  }

  private static float[] moved(float[] dense) {
    return new float[] {100 * dense[0] - 30, dense[1] / 50 + 3, dense[2]};
  }

  private static double squares(LinearHead head) {
    return IntStream.range(0, head.weight().length)
        .mapToDouble(j -> head.weight()[j] * (double) head.weight()[j])
        .sum();
  }
}

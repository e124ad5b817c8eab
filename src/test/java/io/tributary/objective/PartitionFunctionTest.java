package io.tributary.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import io.tributary.objective.PartitionFunction.Estimate;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PartitionFunctionTest {
  private static final double NEVER = Double.NEGATIVE_INFINITY;

  @Test
  void isTheMeanOfAllWeightsZerosIncluded() {
    PartitionFunction partitionFunction = PartitionFunction.create();
    partitionFunction.add(new double[] {NEVER, Math.log(2)});
    partitionFunction.add(new double[] {Math.log(6), NEVER, NEVER, Math.log(4)});
    Estimate z = partitionFunction.estimate();

    assertThat(z.value()).isCloseTo(2, within(1e-12));
    assertThat(z.logZ()).isCloseTo(Math.log(2), within(1e-12));
    // squared deviations 4, 0, 16, 4, 4, 4 over n (n - 1)
    assertThat(z.standardError()).isCloseTo(Math.sqrt(32.0 / 30), within(1e-12));
    assertThat(z.relativeStandardError()).isCloseTo(Math.sqrt(32.0 / 30) / 2, within(1e-12));
    assertThat(z.effectiveSampleSize()).isCloseTo(144.0 / 56, within(1e-12));
    assertThat(z.count()).isEqualTo(6);
    assertThat(z.positive()).isEqualTo(3);
    assertThat(z.isKnown()).isTrue();
  }

  @Test
  void isUnknownUntilAPositiveWeightIsSeen() {
    PartitionFunction partitionFunction = PartitionFunction.create();
    assertThat(partitionFunction.estimate().isKnown()).isFalse();
    partitionFunction.add(new double[] {NEVER, NEVER});
    Estimate z = partitionFunction.estimate();
    assertThat(z.isKnown()).isFalse();
    assertThat(z.count()).isEqualTo(2);
    assertThat(z.value()).isZero();
    assertThat(z.standardError()).isNaN();

    partitionFunction.add(new double[] {0, NEVER});
    assertThat(partitionFunction.estimate().value()).isEqualTo(0.25);
  }

  @Test
  void anEstimateIsASnapshotThatLaterBatchesDoNotChange() {
    PartitionFunction partitionFunction = PartitionFunction.create();
    partitionFunction.add(new double[] {0});
    Estimate before = partitionFunction.estimate();
    partitionFunction.add(new double[] {5});
    assertThat(before.logZ()).isZero();
    assertThat(before.count()).isEqualTo(1);
  }

  @Test
  void aRefusedBatchLeavesTheEstimateAsItWas() {
    PartitionFunction partitionFunction = PartitionFunction.create();
    partitionFunction.add(new double[] {1, 2});
    Estimate before = partitionFunction.estimate();
    for (double broken : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> partitionFunction.add(new double[] {3, broken}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(String.valueOf(broken));
    }
    assertThat(partitionFunction.estimate()).isEqualTo(before);
  }

  @Test
  void aCheckpointWrittenAsJsonGoesOnBitByBit() {
    Gson gson = new Gson();
    Random random = new Random(5);
    PartitionFunction original = PartitionFunction.create();
    PartitionFunction restored = PartitionFunction.create();
    for (int batch = 0; batch < 50; batch++) {
      String json = gson.toJson(restored.state());
      restored = PartitionFunction.restore(gson.fromJson(json, PartitionFunction.State.class));
      double[] logWeights =
          random.doubles(16).map(u -> u < 0.5 ? NEVER : 30 * random.nextGaussian()).toArray();
      original.add(logWeights);
      restored.add(logWeights);
      assertThat(restored.state()).isEqualTo(original.state());
      assertThat(restored.estimate()).isEqualTo(original.estimate());
    }
  }

  @Property
  void weightsScaledByAConstantScaleZByIt(
      @ForAll @Size(min = 2, max = 50) double[] anyNumbers,
      @ForAll @DoubleRange(min = -5000, max = 5000) double logScale) {
    double[] logWeights = Arrays.stream(anyNumbers).map(x -> x % 10).toArray();
    Estimate plain = estimate(logWeights);
    Estimate scaled = estimate(Arrays.stream(logWeights).map(w -> w + logScale).toArray());
    assertThat(scaled.logZ()).isCloseTo(plain.logZ() + logScale, within(1e-8));
    assertThat(scaled.relativeStandardError())
        .isCloseTo(plain.relativeStandardError(), within(1e-6));
    assertThat(scaled.effectiveSampleSize()).isCloseTo(plain.effectiveSampleSize(), within(1e-6));
  }

  @Property
  void theOrderOfSequencesDoesNotMatter(@ForAll @Size(min = 2, max = 50) double[] anyNumbers) {
    double[] logWeights = Arrays.stream(anyNumbers).map(x -> x % 300).toArray();
    double[] sorted = Arrays.stream(logWeights).sorted().toArray();
    Estimate forwards = estimate(logWeights);
    Estimate ascending = estimate(sorted);
    assertThat(ascending.logZ()).isCloseTo(forwards.logZ(), within(1e-10));
    assertThat(ascending.relativeStandardError())
        .isCloseTo(forwards.relativeStandardError(), within(1e-6));
  }

  private static Estimate estimate(double[] logWeights) {
    PartitionFunction partitionFunction = PartitionFunction.create();
    partitionFunction.add(logWeights);
    return partitionFunction.estimate();
  }
}

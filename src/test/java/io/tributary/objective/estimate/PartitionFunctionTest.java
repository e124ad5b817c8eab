package io.tributary.objective.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import io.tributary.config.PartitionFunctionConfig;
import io.tributary.config.PartitionFunctionConfig.Estimator;
import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.testing.training.EnumerableWorld;
import io.tributary.testing.training.PartitionFunctions;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PartitionFunctionTest {
  private static final double NEVER = Double.NEGATIVE_INFINITY;

  @Test
  void isTheMeanOfAllWeightsZerosIncluded() {
    PartitionFunction partitionFunction = PartitionFunctions.running();
    partitionFunction.add(new double[] {NEVER, Math.log(2)});
    partitionFunction.add(new double[] {Math.log(6), NEVER, NEVER, Math.log(4)});
    PartitionFunctionEstimate z = partitionFunction.estimate();

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
    PartitionFunction partitionFunction = PartitionFunctions.running();
    assertThat(partitionFunction.estimate().isKnown()).isFalse();
    partitionFunction.add(new double[] {NEVER, NEVER});
    PartitionFunctionEstimate z = partitionFunction.estimate();
    assertThat(z.isKnown()).isFalse();
    assertThat(z.count()).isEqualTo(2);
    assertThat(z.value()).isZero();
    assertThat(z.standardError()).isNaN();

    partitionFunction.add(new double[] {0, NEVER});
    assertThat(partitionFunction.estimate().value()).isEqualTo(0.25);
  }

  @Test
  void anEstimateIsASnapshotThatLaterBatchesDoNotChange() {
    PartitionFunction partitionFunction = PartitionFunctions.running();
    partitionFunction.add(new double[] {0});
    PartitionFunctionEstimate before = partitionFunction.estimate();
    partitionFunction.add(new double[] {5});
    assertThat(before.logZ()).isZero();
    assertThat(before.count()).isEqualTo(1);
  }

  @Test
  void aRefusedBatchLeavesTheEstimateAsItWas() {
    PartitionFunction partitionFunction = PartitionFunctions.running();
    partitionFunction.add(new double[] {1, 2});
    PartitionFunctionEstimate before = partitionFunction.estimate();
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
    PartitionFunction original = PartitionFunctions.running();
    PartitionFunction restored = PartitionFunctions.running();
    for (int batch = 0; batch < 50; batch++) {
      String json = gson.toJson(restored.state());
      restored =
          new PartitionFunction(
              PartitionFunctions.RUNNING, gson.fromJson(json, PartitionFunction.State.class));
      double[] logWeights =
          random.doubles(16).map(u -> u < 0.5 ? NEVER : 30 * random.nextGaussian()).toArray();
      original.add(logWeights);
      restored.add(logWeights);
      assertThat(restored.state()).isEqualTo(original.state());
      assertThat(restored.estimate()).isEqualTo(original.estimate());
    }
  }

  private static PartitionFunctionConfig config(Estimator estimator, int window, double decay) {
    return new PartitionFunctionConfig(estimator, window, decay, 1, 0, 1);
  }

  private static double[] logs(double... weights) {
    return Arrays.stream(weights).map(Math::log).toArray();
  }

  @Test
  void aWindowHoldsTheFewestNewestBatchesThatAreEnough() {
    PartitionFunction window = PartitionFunction.create(config(Estimator.WINDOW, 5, 0.5));
    window.add(logs(100, 100, 100, 100, 100, 100));
    assertThat(window.estimate().value()).as("a large first batch").isCloseTo(100, within(1e-12));
    window.add(logs(1, 3));
    assertThat(window.estimate().count()).as("two are not enough").isEqualTo(8);
    window.add(logs(5, 0));
    window.add(logs(2, 1));
    PartitionFunctionEstimate z = window.estimate();
    assertThat(z.count()).isEqualTo(6);
    assertThat(z.positive()).isEqualTo(5);
    assertThat(z.value()).isCloseTo(2, within(1e-12));
    // squared deviations 1, 1, 9, 4, 0, 1 over n (n - 1)
    assertThat(z.standardError()).isCloseTo(Math.sqrt(16.0 / 30), within(1e-12));
    window.add(logs(0, 0, 0, 0, 0));
    assertThat(window.estimate().isKnown()).isFalse();
  }

  @Test
  void anExponentialAverageWeighsEachBatchByItsAge() {
    PartitionFunction average = PartitionFunction.create(config(Estimator.EXPONENTIAL, 1, 0.5));
    average.add(logs(4, 0));
    average.add(logs(8, 2, 2));
    average.add(logs(1));
    double[] values = {4, 0, 8, 2, 2, 1};
    double[] counts = {0.25, 0.25, 0.5, 0.5, 0.5, 1};
    double total = Arrays.stream(counts).sum();
    double squared = Arrays.stream(counts).map(c -> c * c).sum();
    double mean = 0;
    for (int i = 0; i < values.length; i++) {
      mean += counts[i] * values[i] / total;
    }
    double squares = 0;
    for (int i = 0; i < values.length; i++) {
      squares += counts[i] * (values[i] - mean) * (values[i] - mean);
    }
    PartitionFunctionEstimate z = average.estimate();
    assertThat(z.value()).isCloseTo(mean, within(1e-12));
    double variance = squares / (total - squared / total);
    assertThat(z.standardError()).isCloseTo(Math.sqrt(variance * squared) / total, within(1e-12));
    assertThat(z.count()).isEqualTo(6);
    assertThat(z.positive()).isEqualTo(5);
  }

  /** Each of them against the enumerated Z, with batches of ever other proposals. */
  @ParameterizedTest
  @EnumSource
  void everyEstimatorIsUnbiasedAndItsErrorIsRight(Estimator estimator) {
    EnumerableWorld world = new EnumerableWorld();
    Random random = new Random(11);
    double sum = 0;
    double squaredErrors = 0;
    double claimed = 0;
    int runs = 300;
    for (int run = 0; run < runs; run++) {
      PartitionFunction estimate = PartitionFunction.create(config(estimator, 300, 0.8));
      for (int batch = 0; batch < 12; batch++) {
        double[] proposal = batch % 2 == 0 ? world.q : world.olderQ;
        int[] sample = EnumerableWorld.sample(proposal, 100, random);
        estimate.add(EnumerableWorld.at(sample, world.logWeights(proposal)));
      }
      PartitionFunctionEstimate z = estimate.estimate();
      sum += z.value();
      squaredErrors += (z.value() - world.z) * (z.value() - world.z);
      claimed += z.standardError() * z.standardError();
    }
    assertThat(sum / runs).isCloseTo(world.z, within(4 * Math.sqrt(squaredErrors / runs / runs)));
    assertThat(claimed / squaredErrors).isBetween(0.75, 1.3);
  }

  @ParameterizedTest
  @EnumSource
  void everyEstimatorGoesOnFromACheckpointBitByBit(Estimator estimator) {
    Gson gson = new Gson();
    Random random = new Random(6);
    PartitionFunctionConfig config = config(estimator, 40, 0.9);
    PartitionFunction original = PartitionFunction.create(config);
    PartitionFunction restored = PartitionFunction.create(config);
    for (int batch = 0; batch < 20; batch++) {
      String json = gson.toJson(restored.state());
      restored = new PartitionFunction(config, gson.fromJson(json, PartitionFunction.State.class));
      double[] logWeights =
          random.doubles(16).map(u -> u < 0.5 ? NEVER : 300 * random.nextGaussian()).toArray();
      original.add(logWeights);
      restored.add(logWeights);
      assertThat(restored.estimate()).isEqualTo(original.estimate());
    }
  }

  @Property
  void momentsOfPartsTogetherAreThoseOfTheWhole(
      @ForAll @Size(min = 2, max = 40) double[] anyNumbers, @ForAll @IntRange(max = 40) int cut) {
    double[] logs = Arrays.stream(anyNumbers).map(x -> x % 300).toArray();
    int at = Math.min(cut, logs.length);
    RunningMoments whole = moments(logs);
    RunningMoments parts =
        moments(Arrays.copyOf(logs, at)).plus(moments(Arrays.copyOfRange(logs, at, logs.length)));
    assertThat(parts.count()).isEqualTo(whole.count());
    assertThat(parts.logMagnitudeOfMean()).isCloseTo(whole.logMagnitudeOfMean(), within(1e-9));
    assertThat(parts.relativeStandardError())
        .isCloseTo(whole.relativeStandardError(), within(1e-6));
  }

  private static RunningMoments moments(double[] logs) {
    RunningMoments moments = RunningMoments.EMPTY;
    for (double log : logs) {
      moments = moments.plus(log, 1);
    }
    return moments;
  }

  @Property
  void weightsScaledByAConstantScaleZByIt(
      @ForAll @Size(min = 2, max = 50) double[] anyNumbers,
      @ForAll @DoubleRange(min = -5000, max = 5000) double logScale) {
    double[] logWeights = Arrays.stream(anyNumbers).map(x -> x % 10).toArray();
    PartitionFunctionEstimate plain = estimate(logWeights);
    PartitionFunctionEstimate scaled =
        estimate(Arrays.stream(logWeights).map(w -> w + logScale).toArray());
    assertThat(scaled.logZ()).isCloseTo(plain.logZ() + logScale, within(1e-8));
    assertThat(scaled.relativeStandardError())
        .isCloseTo(plain.relativeStandardError(), within(1e-6));
    assertThat(scaled.effectiveSampleSize()).isCloseTo(plain.effectiveSampleSize(), within(1e-6));
  }

  @Property
  void theOrderOfSequencesDoesNotMatter(@ForAll @Size(min = 2, max = 50) double[] anyNumbers) {
    double[] logWeights = Arrays.stream(anyNumbers).map(x -> x % 300).toArray();
    double[] sorted = Arrays.stream(logWeights).sorted().toArray();
    PartitionFunctionEstimate forwards = estimate(logWeights);
    PartitionFunctionEstimate ascending = estimate(sorted);
    assertThat(ascending.logZ()).isCloseTo(forwards.logZ(), within(1e-10));
    assertThat(ascending.relativeStandardError())
        .isCloseTo(forwards.relativeStandardError(), within(1e-6));
  }

  private static PartitionFunctionEstimate estimate(double[] logWeights) {
    PartitionFunction partitionFunction = PartitionFunctions.running();
    partitionFunction.add(logWeights);
    return partitionFunction.estimate();
  }
}

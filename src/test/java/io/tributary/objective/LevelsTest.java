package io.tributary.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LevelsTest {

  @Test
  void theMeanOfTheOthersLeavesTheSequenceItselfOut() {
    assertThat(Levels.ofOthers(new double[] {1, 4, -2, 7}))
        .containsExactly(new double[] {3, 2, 4, 1}, within(1e-15));
    assertThat(Levels.ofOthers(new double[] {5})).containsExactly(0);
    assertThat(Levels.ofOthers(new double[0])).isEmpty();
  }

  @Test
  void aHugeSignalDoesNotBlurTheMeanOfTheOthers() {
    assertThat(Levels.ofOthers(new double[] {1, 1e30, 2})).startsWith(5e29, 1.5);
    assertThat(Levels.ofOthers(new double[] {1, Double.NaN, 2})[1]).isEqualTo(1.5);
  }

  @Test
  void theRunningMeanIsThatOfAllBatchesAddedAndZeroBefore() {
    RunningMean mean = RunningMean.create();
    assertThat(mean.mean()).isZero();
    mean.add(new double[] {2, -1, 0});
    mean.add(new double[] {5});
    assertThat(mean.mean()).isCloseTo(1.5, within(1e-15));
  }

  @Test
  void aBatchThatIsNotFiniteIsLeftOutOfTheRunningMean() {
    RunningMean mean = RunningMean.create();
    mean.add(new double[] {2});
    mean.add(new double[] {3, Double.NaN});
    mean.add(new double[] {3, Double.POSITIVE_INFINITY});
    assertThat(mean.mean()).isEqualTo(2);
  }

  @Test
  void theRunningMeanGoesOnFromACheckpointBitByBit() {
    Gson gson = new Gson();
    Random random = new Random(3);
    RunningMean original = RunningMean.create();
    RunningMean restored = RunningMean.create();
    for (int batch = 0; batch < 20; batch++) {
      String json = gson.toJson(restored.state());
      restored = RunningMean.restore(gson.fromJson(json, RunningMean.State.class));
      double[] signals = random.doubles(8).map(u -> random.nextGaussian()).toArray();
      original.add(signals);
      restored.add(signals);
      assertThat(restored.mean()).isEqualTo(original.mean());
    }
  }
}

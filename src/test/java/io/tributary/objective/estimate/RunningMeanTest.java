package io.tributary.objective.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunningMeanTest {

  @Test
  void itIsThatOfAllBatchesAddedAndZeroBefore() {
    RunningMean mean = RunningMean.create();
    assertThat(mean.mean()).isZero();
    mean.add(new double[] {2, -1, 0});
    mean.add(new double[] {5});
    assertThat(mean.mean()).isCloseTo(1.5, within(1e-15));
  }

  @Test
  void aBatchThatIsNotFiniteIsSkipped() {
    RunningMean mean = RunningMean.create();
    mean.add(new double[] {2});
    mean.add(new double[] {3, Double.NaN});
    mean.add(new double[] {3, Double.POSITIVE_INFINITY});
    assertThat(mean.mean()).isEqualTo(2);
  }

  @Test
  void itContinuesFromACheckpointBitForBit() {
    Gson gson = new Gson();
    Random random = new Random(3);
    RunningMean original = RunningMean.create();
    RunningMean restored = RunningMean.create();
    for (int batch = 0; batch < 20; batch++) {
      String json = gson.toJson(restored.state());
      restored = new RunningMean(gson.fromJson(json, RunningMean.State.class));
      double[] signals = random.doubles(8).map(u -> random.nextGaussian()).toArray();
      original.add(signals);
      restored.add(signals);
      assertThat(restored.mean()).isEqualTo(original.mean());
    }
  }
}

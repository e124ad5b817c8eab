package io.tributary.objective.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WeightTailsTest {
  private static final double NEVER = Double.NEGATIVE_INFINITY;

  private static double[] normals(int n, long seed) {
    Random random = new Random(seed);
    return random.doubles(n).map(u -> random.nextGaussian()).toArray();
  }

  @Test
  void batchesAddUpToTheTailOfTheNewestWeights() {
    WeightTails tails = WeightTails.create();
    double[] logWeights = normals(5000, 1);
    double[] logRatios = normals(5000, 2);
    for (int from = 0; from < 5000; from += 250) {
      tails.add(
          Arrays.copyOfRange(logWeights, from, from + 250),
          Arrays.copyOfRange(logRatios, from, from + 250));
    }
    int first = 5000 - WeightTails.WINDOW;
    assertThat(tails.targetShape())
        .isEqualTo(ParetoTail.shape(Arrays.copyOfRange(logWeights, first, 5000)));
    assertThat(tails.policyShape())
        .isEqualTo(ParetoTail.shape(Arrays.copyOfRange(logRatios, first, 5000)));
  }

  @Test
  void weightsOfZeroAndWhatIsNoNumberTakeNoRoom() {
    WeightTails tails = WeightTails.create();
    double[] logWeights = normals(1000, 3);
    tails.add(logWeights, new double[] {Double.NaN, Double.POSITIVE_INFINITY, NEVER});
    double[] nothing = new double[3000];
    Arrays.fill(nothing, NEVER);
    tails.add(nothing, new double[0]);
    assertThat(tails.targetShape()).isEqualTo(ParetoTail.shape(logWeights));
    assertThat(tails.state().logPolicyRatios()).isEmpty();
    assertThat(tails.policyShape()).isNaN();
  }

  @Test
  void absentUntilThereAreAThousandPositiveWeights() {
    WeightTails tails = WeightTails.create();
    tails.add(normals(999, 4), normals(999, 5));
    assertThat(tails.targetShape()).isNaN();
    tails.add(normals(1, 6), normals(1, 7));
    assertThat(tails.targetShape()).isNotNaN();
    assertThat(tails.policyShape()).isNotNaN();
  }

  @Test
  void goesOnFromAWrittenAndReadStateAsIfItHadNeverStopped() {
    Gson gson = new Gson();
    WeightTails tails = WeightTails.create();
    tails.add(normals(3000, 8), normals(1500, 9));
    WeightTails resumed =
        new WeightTails(gson.fromJson(gson.toJson(tails.state()), WeightTails.State.class));
    for (WeightTails each : new WeightTails[] {tails, resumed}) {
      each.add(normals(300, 10), normals(300, 11));
    }
    assertThat(resumed.targetShape()).isEqualTo(tails.targetShape());
    assertThat(resumed.policyShape()).isEqualTo(tails.policyShape());
    assertThat(resumed.state()).isEqualTo(tails.state());
  }
}

package io.tributary.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParseException;
import io.tributary.objective.PartitionFunction;
import io.tributary.objective.ReplacementWindow;
import io.tributary.objective.RunningMean;
import io.tributary.objective.RunningMoments;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class LearnerStateTest {
  private static LearnerState state(long seed, double a, double b, double c, double d) {
    return new LearnerState(
        seed,
        seed + 1,
        seed + 2,
        seed + 3,
        (int) seed,
        seed + 4,
        seed + 5,
        seed + 6,
        new PartitionFunction.State(new RunningMoments(20, 10, a, b, Math.abs(c))),
        new RunningMean.State(new RunningMoments(25, 12, c, d, Math.abs(a))),
        new ReplacementWindow.State(
            seed + 7, new RunningMoments(30, 15, b, a, Math.abs(d)), c, 4, 3),
        Map.of("female", a, "length", b),
        new RunIdentity(Map.of("samplers.prompt", "a \"quoted\" prompt", "run.seed", "7")));
  }

  /** Records compare doubles by their bits, apart from NaN, which no state holds. */
  @Property(tries = 500)
  void everyNumberIsReadAsItWasWritten(
      @ForAll long seed, @ForAll long a, @ForAll long b, @ForAll long c, @ForAll long d) {
    LearnerState state = state(seed, finite(a), finite(b), finite(c), finite(d));
    assertThat(LearnerState.fromJson(state.toJson())).isEqualTo(state);
  }

  /** Any finite double small enough that the sum of three is finite too. */
  private static double finite(long bits) {
    double value = Double.longBitsToDouble(bits);
    return Double.isFinite(value) ? value / 4 : 0.1 + 0.2;
  }

  @Example
  void whatIsNotAStateIsRefused() {
    for (String text : new String[] {"", "{}", "[1]", "{\"step\": 3", "{\"step\": \"three\"}"}) {
      assertThatThrownBy(() -> LearnerState.fromJson(text))
          .as(text)
          .isInstanceOf(JsonParseException.class);
    }
  }
}

package io.tributary.stage.learn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.objective.KlPenalty;
import io.tributary.objective.estimate.BestPolicy;
import io.tributary.objective.estimate.ClippedWeights;
import io.tributary.objective.estimate.ControlFit;
import io.tributary.objective.estimate.HeldOut.Standing;
import io.tributary.objective.estimate.PartitionFunction;
import io.tributary.objective.estimate.RunningMean;
import io.tributary.objective.estimate.RunningMoments;
import io.tributary.objective.estimate.WeightTails;
import io.tributary.objective.estimate.WindowState;
import io.tributary.stage.learn.checkpoint.LearnerState.PendingWork;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class LearnerStateTest {
  private static final List<String> OF_LATER_VERSIONS =
      List.of("best", "clipped", "control", "standing");

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
        new PartitionFunction.State(List.of(moments(20, a, b, c), moments(7, d, c, b))),
        new RunningMean.State(moments(25, c, d, a)),
        new WindowState(
            seed + 7,
            Criterion.TVD,
            moments(30, b, a, d),
            moments(30, d, c, b),
            c,
            4,
            3,
            seed % 2 == 0 ? null : moments(40, a, b, d)),
        new WeightTails.State(List.of(a, b), List.of(d, c, a)),
        new ControlFit.State(b, d, a, c, b),
        seed % 2 == 0 ? null : new ClippedWeights.State(d, a),
        Map.of("female", a, "length", b),
        new KlPenalty.State(d),
        seed % 2 == 0 ? PendingWork.EVALUATION : PendingWork.JUDGEMENT,
        seed % 2 == 0 ? null : new Standing(List.of(a, b), c, d, List.of(d, a)),
        seed % 2 == 0
            ? null
            : new BestPolicy(seed, new Standing(List.of(b), d, c, List.of(a)), seed % 3 == 0),
        seed % 2 == 0 ? null : a,
        new RunIdentity(Map.of("samplers.prompt", "a \"quoted\" prompt", "run.seed", "7")));
  }

  private static RunningMoments moments(long count, double logScale, double mean, double squares) {
    return new RunningMoments(
        count, count / 2, Math.abs(mean), Math.abs(squares), logScale, mean, Math.abs(squares));
  }

  /** Records compare doubles by their bits, apart from NaN, which no state holds. */
  @Property(tries = 500)
  void everyNumberIsReadAsItWasWritten(
      @ForAll long seed, @ForAll long a, @ForAll long b, @ForAll long c, @ForAll long d) {
    LearnerState state = state(seed, finite(a), finite(b), finite(c), finite(d));
    assertThat(LearnerState.fromJson(state.toJson())).isEqualTo(state);
  }

  /** Any finite double small enough that the sum of five is finite too. */
  private static double finite(long bits) {
    double value = Double.longBitsToDouble(bits);
    return Double.isFinite(value) ? value / 8 : 0.1 + 0.2;
  }

  @Example
  void aStateThatLacksAPartIsRefusedButADivergenceMayBeMissing() {
    String whole = state(7, 1, 2, 3, 4).toJson();
    List<String> parts =
        JsonParser.parseString(whole).getAsJsonObject().entrySet().stream()
            .filter(part -> !isNumber(part.getValue()))
            .map(Map.Entry::getKey)
            .filter(part -> !OF_LATER_VERSIONS.contains(part))
            .toList();
    assertThat(parts).hasSize(8);
    for (String part : parts) {
      assertThatThrownBy(() -> LearnerState.fromJson(without(whole, part)))
          .as(part)
          .isInstanceOf(JsonParseException.class)
          .hasMessage("the state of the learner is incomplete");
    }
    OF_LATER_VERSIONS.forEach(
        part -> assertThat(LearnerState.fromJson(without(whole, part)).step()).isEqualTo(7));
    LearnerState former = LearnerState.fromJson(without(whole, "divergence"));
    assertThat(former.divergence()).isNull();
    assertThat(former.rank()).isNaN();
  }

  private static boolean isNumber(JsonElement value) {
    return value instanceof JsonPrimitive primitive && primitive.isNumber();
  }

  private static String without(String json, String part) {
    JsonObject object = JsonParser.parseString(json).getAsJsonObject();
    object.remove(part);
    return object.toString();
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

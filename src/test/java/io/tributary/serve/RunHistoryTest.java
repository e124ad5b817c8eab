package io.tributary.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.io.Json;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RunHistoryTest {
  private final RunHistory history = new RunHistory();

  private static Measurements measured(double kl) {
    return new Measurements()
        .put(Metric.KL_NATS, kl, Pair.P_PI)
        .put(Metric.LEARNER_LOSS, 1)
        .put(Metric.FEATURE_MOMENT, Double.NaN, "amazing", Distribution.PI);
  }

  private static JsonObject since(RunHistory history, long step) {
    return Json.of(history.since(step)).getAsJsonObject();
  }

  private static List<Long> steps(JsonObject json) {
    return json.getAsJsonArray("steps").asList().stream().map(JsonElement::getAsLong).toList();
  }

  @Test
  void stepsEvaluationsAndReplacementsAreInColumns() {
    history.evaluated(0, measured(4));
    history.stepped(1, measured(2), 0.5, 64);
    history.stepped(2, measured(Double.POSITIVE_INFINITY), 0.25, 32);
    history.replaced(2, 7);
    assertThat(since(history, -1))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"steps": [1, 2],
                 "series": [
                   {"name": "kl_nats", "labels": ["p_pi"], "values": [2, null]},
                   {"name": "sequences_per_second", "labels": [], "values": [64, 32]},
                   {"name": "steps_per_second", "labels": [], "values": [0.5, 0.25]}],
                 "stride": 1,
                 "evaluations": {
                   "steps": [0],
                   "series": [{"name": "kl_nats", "labels": ["p_pi"], "values": [4]}]},
                 "replacements": [{"step": 2, "policy_version": 7}]}
                """));
  }

  @Test
  void whatWasMeasuredOfPublicationsIsAmongTheSteps() {
    history.published(0, new Measurements().put(Metric.HELD_OUT_KL_NATS, 4.7));
    history.stepped(1, measured(2));
    history.stepped(2, measured(3));
    history.published(2, new Measurements().put(Metric.HELD_OUT_KL_NATS, 4.5));
    assertThat(since(history, -1).getAsJsonArray("steps"))
        .isEqualTo(JsonParser.parseString("[0, 1, 2]"));
    assertThat(since(history, -1).getAsJsonArray("series"))
        .isEqualTo(
            JsonParser.parseString(
                """
                [{"name": "held_out_kl_nats", "labels": [], "values": [4.7, null, 4.5]},
                 {"name": "kl_nats", "labels": ["p_pi"], "values": [null, 2, 3]}]
                """));
    history.stepped(2, measured(3));
    assertThat(since(history, 1).getAsJsonArray("series").toString())
        .as("it is done again")
        .doesNotContain("held_out");
  }

  @Test
  void onlyWhatCameAfterAStepIsTold() {
    LongStream.rangeClosed(1, 9).forEach(step -> history.stepped(step, measured(1)));
    assertThat(steps(since(history, 7))).containsExactly(8L, 9L);
    assertThat(steps(since(history, 9))).isEmpty();
  }

  @Test
  void aLongRunIsThinnedAndItsLatestStepIsAlwaysThere() {
    for (long step = 1; step <= 123_457; step++) {
      history.stepped(step, measured((double) step));
      history.replaced(step, step);
      if (step % 100 == 0) {
        history.evaluated(step, measured((double) step));
      }
    }
    JsonObject json = since(history, -1);
    long stride = json.get("stride").getAsLong();
    assertThat(stride).isEqualTo(128);
    List<Long> steps = steps(json);
    assertThat(steps).hasSizeBetween(500, 1_000).endsWith(123_457L).isSorted();
    assertThat(steps.subList(0, steps.size() - 1))
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, 123_457 / stride).mapToObj(i -> i * stride).toList());
    JsonArray values =
        json.getAsJsonArray("series").get(0).getAsJsonObject().getAsJsonArray("values");
    assertThat(values.asList().stream().map(JsonElement::getAsLong)).isEqualTo(steps);
    assertThat(steps(json.getAsJsonObject("evaluations"))).hasSizeBetween(300, 1_000);
    assertThat(json.getAsJsonArray("replacements").size()).isBetween(500, 1_000);
  }

  @Test
  void aRunThatWentOnKeepsTheSameSteps() {
    RunHistory restored = new RunHistory();
    for (long step = 1; step <= 5_001; step++) {
      history.stepped(step, measured((double) step));
      if (step <= 3_000) {
        restored.stepped(step, measured((double) step));
      }
    }
    for (long step = 2_501; step <= 5_001; step++) {
      restored.stepped(step, measured((double) step));
    }
    assertThat(since(restored, -1)).isEqualTo(since(history, -1));
  }

  @Test
  void whatALearnerDoesAgainTakesThePlaceOfWhatItDidBefore() {
    LongStream.rangeClosed(1, 9).forEach(step -> history.stepped(step, measured(1)));
    history.evaluated(8, measured(1));
    history.replaced(9, 3);
    history.stepped(5, measured(2));
    JsonObject json = since(history, 4);
    assertThat(steps(json)).containsExactly(5L);
    assertThat(steps(json.getAsJsonObject("evaluations"))).isEmpty();
    assertThat(json.getAsJsonArray("replacements")).isEmpty();
  }
}

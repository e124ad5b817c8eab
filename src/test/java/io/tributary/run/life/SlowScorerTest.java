package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.Waiting;
import io.tributary.testing.run.FaultyTarget;
import io.tributary.testing.run.FaultyWorkers;
import io.tributary.testing.run.LiveRun;
import io.tributary.testing.run.TinyRun;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of a run whose scorer becomes slow, or stands still. */
@ExtendWith(TorchExtension.class)
@Slow
class SlowScorerTest {
  private static final int STEPS_BEFORE = 20;
  private static final Map<String, String> OVERLAPPING =
      Map.of("stream.max-staleness-steps", "2", "evaluation.interval-steps", "1000000");

  @TempDir private Path directory;

  @Test
  void aScorerAHundredTimesSlowerIsTheBottleneckAndTheRunGoesOn() throws Exception {
    TinyRun tiny = new TinyRun(directory);
    AtomicLong longer = new AtomicLong(); // ns for each draw
    try (LiveRun run =
        LiveRun.begin(
            tiny,
            "slow",
            OVERLAPPING,
            (parts, metrics) ->
                FaultyTarget.scored(
                    WorkerBehaviors.of(parts, metrics),
                    tiny.config("slow", OVERLAPPING),
                    metrics.stage(Stage.SCORER),
                    texts -> LockSupport.parkNanos(longer.get())))) {
      run.atStep(STEPS_BEFORE);
      RunMetrics metrics = run.metrics();
      double draws = metrics.value(Metric.STAGE_SEQUENCES_TOTAL, Stage.SCORER.label()) / 8;
      double seconds = metrics.value(Metric.STAGE_BUSY_SECONDS_TOTAL, Stage.SCORER.label());
      longer.set(Math.round(99 * seconds / draws * 1e9));

      Waiting.until(
          "scoring is the bottleneck",
          () -> {
            run.requireAlive();
            JsonObject status = run.status();
            return isState(status, "WAITING_FOR_DATA")
                && status.get("bottleneck").getAsString().equals("scoring");
          });
      run.atStep((int) metrics.value(Metric.LEARNER_STEPS) + 2);
      assertThat(metrics.value(Metric.DRAWS_REISSUED_TOTAL)).as("slow is not lost").isZero();
    }
  }

  @Test
  void aScorerThatStandsStillIsSeenInTheStateThoughNoStepIsMade() throws Exception {
    TinyRun tiny = new TinyRun(directory);
    AtomicBoolean hangs = new AtomicBoolean();
    Map<String, String> overrides = new HashMap<>(OVERLAPPING);
    overrides.put("learner.micro-batch-size", "1"); // then the learner is the slowest
    overrides.put("publish.timeout", "5s"); // a part of it is how often the guardian looks
    try (LiveRun run =
        LiveRun.begin(
            tiny, "stands", overrides, FaultyWorkers.scorersAt(draw -> hangs.get(), () -> {}))) {
      Waiting.until("throttled", () -> isState(run.atStep(1).status(), "THROTTLED"));
      hangs.set(true);
      Waiting.until("waiting for data", () -> isState(run.status(), "WAITING_FOR_DATA"));
      run.requireAlive();
    }
  }

  private static boolean isState(JsonObject status, String state) {
    return status.get("state").getAsString().equals(state);
  }
}

package io.tributary.run.watch;

import io.tributary.metrics.BlockedReason;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.Stage;
import io.tributary.protocol.RunStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * How busy the stages are, from the counters of their metrics. Workers report their time when they
 * are done with something, so shares are taken from the end of a learner step to the end of
 * another, {@value #WINDOW_SECONDS} s or at least one step apart. For one thread.
 */
final class StageLoads {
  private static final long WINDOW_SECONDS = 30;
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);

  /** Steps may be fast: there is no need to remember each. */
  private static final long MIN_DISTANCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Fitting is over when the stream runs. */
  private static final Set<Stage> STAGES =
      EnumSet.of(Stage.SAMPLER, Stage.SCORER, Stage.LEARNER, Stage.EVALUATOR);

  private record Times(double busy, Map<BlockedReason, Double> blocked) {}

  private record Reading(long nanoTime, Map<Stage, Times> stages) {}

  private final RunMetrics metrics;
  private final StreamMetrics stream;
  private final Deque<Reading> readings = new ArrayDeque<>();

  StageLoads(RunMetrics metrics, StreamMetrics stream) {
    this.metrics = metrics;
    this.stream = stream;
  }

  /** Shares begin anew with the next step: what was before tells nothing about what follows. */
  void restart() {
    readings.clear();
  }

  /** A learner step has ended. */
  void stepped(long nanoTime) {
    if (readings.size() > 1 && nanoTime - beforeLast().nanoTime() < MIN_DISTANCE_NANOS) {
      readings.removeLast();
    }
    readings.addLast(read(nanoTime));
    while (readings.size() > 2 && nanoTime - second().nanoTime() >= WINDOW_NANOS) {
      readings.removeFirst();
    }
  }

  private Reading second() {
    return readings.stream().skip(1).findFirst().orElseThrow();
  }

  private Reading beforeLast() {
    Iterator<Reading> backwards = readings.descendingIterator();
    backwards.next();
    return backwards.next();
  }

  /** All stages as they are now, by label, in the order in which sequences go through them. */
  Map<String, RunStatus.Load> loads() {
    Map<String, RunStatus.Load> loads = new LinkedHashMap<>();
    for (Stage stage : STAGES) {
      loads.put(stage.label(), load(stage));
    }
    return loads;
  }

  private RunStatus.Load load(Stage stage) {
    StreamMetrics.Queue queue =
        stage == Stage.SAMPLER || stage == Stage.SCORER
            ? stream.queue(stage)
            : new StreamMetrics.Queue(1, 0, 0);
    Times now = times(stage);
    Map<String, Double> blockedSeconds = new TreeMap<>();
    now.blocked().forEach((reason, seconds) -> blockedSeconds.put(reason.label(), seconds));
    double busyRatio = Double.NaN;
    Map<String, Double> blockedRatios = new TreeMap<>();
    Reading first = readings.peekFirst();
    Reading last = readings.peekLast();
    if (first != null && last != null && last.nanoTime() > first.nanoTime()) {
      double seconds = (last.nanoTime() - first.nanoTime()) / 1e9 * Math.max(1, queue.workers());
      Times before = times(first, stage);
      Times after = times(last, stage);
      busyRatio = Math.min(1, (after.busy() - before.busy()) / seconds);
      after
          .blocked()
          .forEach(
              (reason, waited) -> {
                double earlier = before.blocked().getOrDefault(reason, 0.0);
                blockedRatios.put(reason.label(), Math.min(1, (waited - earlier) / seconds));
              });
    }
    return new RunStatus.Load(
        queue.workers(),
        queue.waitingSequences(),
        queue.inflightSequences(),
        now.busy(),
        blockedSeconds,
        busyRatio,
        blockedRatios);
  }

  private static Times times(Reading reading, Stage stage) {
    return reading.stages().getOrDefault(stage, new Times(0, Map.of()));
  }

  private Reading read(long nanoTime) {
    Map<Stage, Times> stages = new EnumMap<>(Stage.class);
    for (Stage stage : STAGES) {
      stages.put(stage, times(stage));
    }
    return new Reading(nanoTime, stages);
  }

  private Times times(Stage stage) {
    Map<BlockedReason, Double> blocked = new EnumMap<>(BlockedReason.class);
    for (BlockedReason reason : BlockedReason.values()) {
      double seconds =
          metrics.value(Metric.STAGE_BLOCKED_SECONDS_TOTAL, stage.label(), reason.label());
      if (seconds > 0) {
        blocked.put(reason, seconds);
      }
    }
    return new Times(metrics.value(Metric.STAGE_BUSY_SECONDS_TOTAL, stage.label()), blocked);
  }
}

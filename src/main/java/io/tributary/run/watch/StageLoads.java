package io.tributary.run.watch;

import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.RunStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * How busy the stages are. Workers send their time with their results, so shares are taken from the
 * end of one learner step to the end of another, {@value #WINDOW_SECONDS} s or at least one step
 * apart. Not thread-safe.
 */
final class StageLoads {
  private static final long WINDOW_SECONDS = 30;
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);

  /** Readings closer together than this are not kept. */
  private static final long MIN_DISTANCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Without fitting, which is over when the stream runs. */
  private static final Set<Stage> STAGES =
      EnumSet.of(Stage.SAMPLER, Stage.SCORER, Stage.LEARNER, Stage.EVALUATOR);

  private static final Set<Stage> POOLS = EnumSet.of(Stage.SAMPLER, Stage.SCORER);

  private static final Reading NONE = new Reading(0, Map.of(), Map.of());

  /**
   * @param workerSeconds time that samplers and scorers were there until then, added up
   */
  private record Reading(
      long nanoTime, Map<Stage, WorkTime> stages, Map<Stage, Double> workerSeconds) {
    WorkTime times(Stage stage) {
      return stages.getOrDefault(stage, WorkTime.NONE);
    }

    /** Since an earlier reading: of all workers together, of which there may be more or fewer. */
    double seconds(Stage stage, Reading before) {
      return POOLS.contains(stage)
          ? workerSeconds.getOrDefault(stage, 0.0) - before.workerSeconds.getOrDefault(stage, 0.0)
          : (nanoTime - before.nanoTime) / 1e9;
    }
  }

  private final RunMetrics metrics;
  private final StreamMetrics stream;
  private final List<Reading> readings = new ArrayList<>();

  StageLoads(RunMetrics metrics, StreamMetrics stream) {
    this.metrics = metrics;
    this.stream = stream;
  }

  /** Starts over with the next step: what was before says nothing about what follows. */
  void restart() {
    readings.clear();
  }

  /** A learner step has ended. */
  void stepped(long nanoTime) {
    int last = readings.size() - 1;
    if (last > 0 && nanoTime - readings.get(last - 1).nanoTime() < MIN_DISTANCE_NANOS) {
      readings.remove(last);
    }
    Map<Stage, WorkTime> stages = new EnumMap<>(Stage.class);
    STAGES.forEach(stage -> stages.put(stage, metrics.time(stage)));
    Map<Stage, Double> workers = new EnumMap<>(Stage.class);
    POOLS.forEach(stage -> workers.put(stage, metrics.stage(stage).workerSeconds()));
    readings.add(new Reading(nanoTime, stages, workers));
    while (readings.size() > 2 && nanoTime - readings.get(1).nanoTime() >= WINDOW_NANOS) {
      readings.remove(0);
    }
  }

  /**
   * Shares of a whole: a result from another machine tells of waits that began before the readings.
   */
  private static void fit(Map<String, Double> shares, double whole) {
    double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
    if (sum > whole) {
      shares.replaceAll((reason, share) -> share * whole / sum);
    }
  }

  /** The current load of all stages by label, in the order of the stream. */
  Map<String, RunStatus.Load> loads() {
    Map<String, RunStatus.Load> loads = new LinkedHashMap<>();
    STAGES.forEach(stage -> loads.put(stage.label(), load(stage)));
    return loads;
  }

  private RunStatus.Load load(Stage stage) {
    StreamMetrics.Queue queue =
        POOLS.contains(stage) ? stream.queue(stage) : new StreamMetrics.Queue(1, 0, 0);
    WorkTime now = metrics.time(stage);
    Map<String, Double> blockedSeconds = new TreeMap<>();
    now.blocked()
        .keySet()
        .forEach(reason -> blockedSeconds.put(reason.label(), now.blockedSeconds(reason)));
    double busyRatio = Double.NaN;
    Map<String, Double> blockedRatios = new TreeMap<>();
    Reading first = readings.isEmpty() ? NONE : readings.get(0);
    Reading last = readings.isEmpty() ? NONE : readings.get(readings.size() - 1);
    double seconds = last.seconds(stage, first);
    if (seconds > 0) {
      WorkTime before = first.times(stage);
      WorkTime after = last.times(stage);
      busyRatio = Math.min(1, (after.busySeconds() - before.busySeconds()) / seconds);
      for (BlockedReason reason : after.blocked().keySet()) {
        double waited = after.blockedSeconds(reason) - before.blockedSeconds(reason);
        blockedRatios.put(reason.label(), waited / seconds);
      }
      fit(blockedRatios, 1 - busyRatio);
    }
    return new RunStatus.Load(
        queue.workers(),
        queue.waitingSequences(),
        queue.inflightSequences(),
        now.busySeconds(),
        blockedSeconds,
        busyRatio,
        blockedRatios);
  }
}

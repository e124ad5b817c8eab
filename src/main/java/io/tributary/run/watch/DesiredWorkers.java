package io.tributary.run.watch;

import io.tributary.config.ClusterConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.NodeStatus;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How many samplers and scorers a run asks for, on all machines together: as many as would keep the
 * learner just busy at its present speed. Made to be followed by an autoscaler.
 *
 * <p>The need is measured from the end of one learner step to the end of another, at least {@value
 * #WINDOW_SECONDS} s later; the numbers change at most once in that time. Where nothing can be
 * measured, as before the first steps, in a pause or without workers, they stay as they are. Not
 * thread-safe.
 */
final class DesiredWorkers {
  /** Workers are to be busy for this share of the time: draws differ in length, and travel. */
  static final double BUSY = 0.9;

  /** A need may be above the present number by this share without raising it. */
  static final double TOLERANCE = 0.1;

  /** Fewer workers are asked for only if none of so many windows in a row needed more. */
  static final int WINDOWS_BEFORE_FEWER = 4;

  static final long WINDOW_SECONDS = 30;

  private static final Map<Stage, Metric> METRICS =
      Map.of(Stage.SAMPLER, Metric.SAMPLERS_DESIRED, Stage.SCORER, Metric.SCORERS_DESIRED);

  private final RunMetrics metrics;
  private final ToIntFunction<Stage> present;
  private final ToIntFunction<Stage> most;
  private final Map<Stage, Deque<Double>> needs = new EnumMap<>(Stage.class);
  private final Map<Stage, Integer> desired = new EnumMap<>(Stage.class);
  private @Nullable Reading begin;

  /**
   * What the workers of a stage have done.
   *
   * @param busySeconds of all of them together
   */
  record Work(double busySeconds, double sequences) {
    Work since(Work before) {
      return new Work(busySeconds - before.busySeconds, sequences - before.sequences);
    }
  }

  /**
   * @param usedSequences sequences that have left the stream, learned or dropped
   * @param learnerSeconds the learner's time without its waits for samplers and scorers
   */
  private record Reading(
      long nanoTime, double usedSequences, double learnerSeconds, Map<Stage, Work> work) {
    Work of(Stage stage) {
      return work.getOrDefault(stage, new Work(0, 0));
    }
  }

  /**
   * @param present number of workers that a stage has now
   * @param most number of workers that a stage is not to exceed
   */
  DesiredWorkers(RunMetrics metrics, ToIntFunction<Stage> present, ToIntFunction<Stage> most) {
    this.metrics = metrics;
    this.present = present;
    this.most = most;
  }

  /** What is being measured is given up: it began under other conditions than it would end. */
  void restart() {
    begin = null;
  }

  /**
   * A learner step has ended.
   *
   * @return the numbers that are known
   */
  Measurements stepped(long nanoTime) {
    Reading first = begin;
    if (first == null) {
      begin = reading(nanoTime);
    } else if (nanoTime - first.nanoTime() >= TimeUnit.SECONDS.toNanos(WINDOW_SECONDS)) {
      Reading last = reading(nanoTime);
      METRICS.keySet().forEach(stage -> decide(stage, first, last));
      begin = last;
    }
    Measurements known = new Measurements();
    METRICS.forEach(
        (stage, metric) -> {
          if (desired.containsKey(stage)) {
            known.put(metric, desired.getOrDefault(stage, 0));
          }
        });
    return known;
  }

  private Reading reading(long nanoTime) {
    Map<Stage, Work> work = new EnumMap<>(Stage.class);
    for (Stage stage : METRICS.keySet()) {
      work.put(
          stage,
          new Work(
              metrics.time(stage).busySeconds(),
              metrics.value(Metric.STAGE_SEQUENCES_TOTAL, stage.label())));
    }
    WorkTime learner = metrics.time(Stage.LEARNER);
    return new Reading(
        nanoTime,
        metrics.value(Metric.STAGE_SEQUENCES_TOTAL, Stage.SAMPLER.label())
            - metrics.value(Metric.STREAM_SEQUENCES),
        learner.busySeconds()
            + learner.blockedSeconds(BlockedReason.EVALUATION)
            + learner.blockedSeconds(BlockedReason.CHECKPOINT),
        work);
  }

  private void decide(Stage stage, Reading first, Reading last) {
    double need =
        needed(
            last.of(stage).since(first.of(stage)),
            last.usedSequences() - first.usedSequences(),
            last.learnerSeconds() - first.learnerSeconds());
    if (!Double.isFinite(need)) {
      return;
    }
    Deque<Double> recent = needs.computeIfAbsent(stage, each -> new ArrayDeque<>());
    recent.addLast(need);
    if (recent.size() > WINDOWS_BEFORE_FEWER) {
      recent.removeFirst();
    }
    int now = desired.getOrDefault(stage, Math.max(1, present.applyAsInt(stage)));
    desired.put(stage, next(now, recent, most.applyAsInt(stage)));
  }

  /**
   * The number of workers that would keep the learner just busy: N = c u / (T {@value #BUSY}), with
   * the time c that a worker computes for a sequence, and u sequences used in T seconds of the
   * learner.
   *
   * @return infinite or NaN where nothing was done, or the learner had nothing to do
   */
  static double needed(Work done, double usedSequences, double learnerSeconds) {
    double secondsPerSequence = done.busySeconds() / done.sequences();
    return secondsPerSequence * usedSequences / learnerSeconds / BUSY;
  }

  /**
   * The number to ask for next: at most twice as many as now, or a quarter fewer, at least 1.
   *
   * @param needs of the latest windows, newest last
   * @param most more would have nothing to do
   */
  static int next(int now, Deque<Double> needs, int most) {
    double newest = needs.getLast();
    double highest = Collections.max(needs);
    int next = now;
    if (newest > now * (1 + TOLERANCE)) {
      next = Math.min((int) Math.ceil(newest), 2 * now);
    } else if (needs.size() >= WINDOWS_BEFORE_FEWER && highest <= now - 1) {
      next = Math.max((int) Math.ceil(highest), now - Math.max(1, now / 4));
    }
    return Math.max(1, Math.min(next, most));
  }

  /**
   * The number of workers of a stage beyond which more would only wait for admission, or find no
   * place in the cluster. Draws are admitted, while the learner has a batch, up to the bound on
   * staleness; without staleness sampling and learning take turns, and a batch is drawn by so many.
   */
  static int most(Stage stage, TributaryConfig config, List<NodeStatus> nodes) {
    boolean samplers = stage == Stage.SAMPLER;
    long admitted =
        (long) Math.max(1, config.stream().maxStalenessSteps())
            * config.learner().batchSize()
            / config.samplers().batchSize();
    int ofTrainer = samplers ? config.samplers().count() : config.scorers().count();
    int ofNode =
        nodes.stream()
            .mapToInt(samplers ? NodeStatus::samplers : NodeStatus::scorers)
            .max()
            .orElse(0);
    int places = config.cluster().map(ClusterConfig::maxNodes).orElse(0) * Math.max(1, ofNode);
    return (int) Math.min(admitted, ofTrainer + places);
  }
}

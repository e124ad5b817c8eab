package io.tributary.boot;

import io.tributary.metrics.BlockedReason;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.Stage;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * How long steps take, and who waits for whom meanwhile, from the counters of the metrics. Times
 * are those of one clock, in nanoseconds. For one thread.
 */
final class StepPace {
  /** A step that takes so many times as long as the one before is missed. */
  private static final double MISSED = 3;

  private final IntSupplier samplers;
  private final RunMetrics metrics;
  private long begun;
  private long paused;
  private double lastSeconds = Double.POSITIVE_INFINITY;
  private double learnerWaited;
  private double samplersWaited;

  /**
   * @param samplers how many there are
   * @param now when the first step begins
   */
  StepPace(IntSupplier samplers, RunMetrics metrics, long now) {
    this.samplers = samplers;
    this.metrics = metrics;
    this.begun = now;
  }

  /**
   * @param seconds since the step before, without the time of a pause; above 0
   * @param waiting who waited for whom meanwhile
   */
  record Timing(double seconds, WaitingShares waiting) {}

  /** A step has ended, and the next one begins. */
  Timing stepped(long now) {
    Timing timing = since(now);
    begun = now;
    lastSeconds = timing.seconds();
    learnerWaited = blockedSeconds(Stage.LEARNER, BlockedReason.INPUT);
    samplersWaited = blockedSeconds(Stage.SAMPLER, BlockedReason.ADMISSION);
    return timing;
  }

  /** Who waits for whom where the step that has begun is missed; nothing where it is not. */
  Optional<WaitingShares> missed(long now) {
    Timing timing = since(now);
    return timing.seconds() > MISSED * lastSeconds
        ? Optional.of(timing.waiting())
        : Optional.empty();
  }

  /** A pause begins; its time is not held against the step that it falls into. */
  void paused(long now) {
    paused = now;
  }

  /** The pause that was told last has ended. */
  void unpaused(long now) {
    begun += now - Math.max(paused, begun);
  }

  private Timing since(long now) {
    double seconds = Math.max(1e-9, (now - begun) / 1e9);
    double learner = blockedSeconds(Stage.LEARNER, BlockedReason.INPUT) - learnerWaited;
    double sampler = blockedSeconds(Stage.SAMPLER, BlockedReason.ADMISSION) - samplersWaited;
    return new Timing(
        seconds,
        new WaitingShares(
            Math.min(1, learner / seconds), Math.min(1, sampler / seconds / samplers.getAsInt())));
  }

  private double blockedSeconds(Stage stage, BlockedReason reason) {
    return metrics.value(Metric.STAGE_BLOCKED_SECONDS_TOTAL, stage.label(), reason.label());
  }
}

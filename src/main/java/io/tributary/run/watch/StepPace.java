package io.tributary.run.watch;

import io.tributary.metrics.BlockedReason;
import io.tributary.metrics.Stage;
import io.tributary.metrics.WorkTime;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntSupplier;

/** How long steps take, and who waits for whom meanwhile. For one thread. */
final class StepPace {
  /** A step that takes so many times as long as the one before is missed. */
  private static final double MISSED = 3;

  private final IntSupplier samplerCount;
  private final Function<Stage, WorkTime> times;
  private long begunNanos;
  private long pausedNanos;
  private double lastSeconds = Double.POSITIVE_INFINITY;
  private Waited before = new Waited(0, 0);

  /** Seconds for which each side has waited since the run began, all samplers together. */
  private record Waited(double learnerSeconds, double samplerSeconds) {}

  /**
   * How a step went.
   *
   * @param seconds since the step before, without the time of a pause; above 0
   * @param waiting who waited for whom meanwhile
   */
  record Timing(double seconds, WaitingShares waiting) {}

  /**
   * @param samplerCount how many samplers there are
   * @param times how the workers of a stage have spent their time until now
   * @param nowNanos when the first step begins
   */
  StepPace(IntSupplier samplerCount, Function<Stage, WorkTime> times, long nowNanos) {
    this.samplerCount = samplerCount;
    this.times = times;
    this.begunNanos = nowNanos;
  }

  /** A step has ended, and the next one begins. */
  Timing stepped(long nowNanos) {
    Waited waited = waited();
    Timing timing = new Timing(seconds(nowNanos), shares(waited, seconds(nowNanos)));
    begunNanos = nowNanos;
    lastSeconds = timing.seconds();
    before = waited;
    return timing;
  }

  /** Who waits for whom where the step that has begun is missed; nothing where it is not. */
  Optional<WaitingShares> missed(long nowNanos) {
    double seconds = seconds(nowNanos);
    return seconds > MISSED * lastSeconds
        ? Optional.of(shares(waited(), seconds))
        : Optional.empty();
  }

  /** A pause begins; its time is not held against the step that it falls into. */
  void paused(long nowNanos) {
    pausedNanos = nowNanos;
  }

  /** The pause that was told last has ended. */
  void unpaused(long nowNanos) {
    begunNanos += nowNanos - Math.max(pausedNanos, begunNanos);
  }

  private double seconds(long nowNanos) {
    return Math.max(1e-9, (nowNanos - begunNanos) / 1e9);
  }

  private WaitingShares shares(Waited waited, double seconds) {
    double learner = (waited.learnerSeconds() - before.learnerSeconds()) / seconds;
    double samplers = (waited.samplerSeconds() - before.samplerSeconds()) / seconds;
    return new WaitingShares(Math.min(1, learner), Math.min(1, samplers / samplerCount.getAsInt()));
  }

  private Waited waited() {
    return new Waited(
        times.apply(Stage.LEARNER).blockedSeconds(BlockedReason.INPUT),
        times.apply(Stage.SAMPLER).blockedSeconds(BlockedReason.ADMISSION));
  }
}

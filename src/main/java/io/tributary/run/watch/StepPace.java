package io.tributary.run.watch;

import io.tributary.data.ServiceState;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.RunMetrics;
import java.util.Optional;

/** How long steps take, and which side waits for the other meanwhile. Not thread-safe. */
final class StepPace {
  /** A step is overdue once it takes this many times as long as the one before. */
  private static final double OVERDUE = 3;

  /** A side counts as waiting for the other above this share. */
  private static final double MUCH = 0.1;

  /** Above this share the learner can't be what the samplers wait for. */
  private static final double MOSTLY = 0.5;

  private final RunMetrics metrics;
  private long begunNanos;
  private long pausedNanos;
  private double lastSeconds = Double.POSITIVE_INFINITY;
  private long lastNanos;
  private Waited before = new Waited(0, 0, 0);

  /**
   * Seconds that each side has waited since the run began, all samplers added up.
   *
   * @param presentSeconds that samplers were there, waiting or not
   */
  private record Waited(double learnerSeconds, double samplerSeconds, double presentSeconds) {}

  /**
   * @param seconds since the step before, pauses excluded; above 0
   */
  record Timing(double seconds, WaitingShares waiting) {}

  /**
   * Who waited for whom, as shares of the time.
   *
   * @param learner share of the time that the learner waited for scored draws
   * @param samplers share of their time that samplers waited for admission
   */
  record WaitingShares(double learner, double samplers) {

    /** The state of a service that is working. */
    ServiceState state() {
      if (learner > MUCH && (learner > samplers || learner > MOSTLY)) {
        return ServiceState.WAITING_FOR_DATA;
      }
      return samplers > MUCH ? ServiceState.THROTTLED : ServiceState.RUNNING;
    }
  }

  /**
   * @param nowNanos when the first step begins
   */
  StepPace(RunMetrics metrics, long nowNanos) {
    this.metrics = metrics;
    this.begunNanos = nowNanos;
    this.lastNanos = nowNanos;
  }

  /** Ends a step, and starts the next one. */
  Timing stepped(long nowNanos) {
    Waited waited = waited();
    Timing timing = new Timing(seconds(nowNanos), shares(waited, nowNanos));
    begunNanos = nowNanos;
    lastNanos = nowNanos;
    lastSeconds = timing.seconds();
    before = waited;
    return timing;
  }

  /** Which side waits if the current step is overdue; empty if it is not. */
  Optional<WaitingShares> overdue(long nowNanos) {
    boolean late = seconds(nowNanos) > OVERDUE * lastSeconds;
    return Optional.of(shares(waited(), nowNanos)).filter(shares -> late);
  }

  /** A pause begins; its time does not count for the current step. */
  void paused(long nowNanos) {
    pausedNanos = nowNanos;
  }

  /** The pause has ended. */
  void unpaused(long nowNanos) {
    begunNanos += nowNanos - Math.max(pausedNanos, begunNanos);
  }

  private double seconds(long nowNanos) {
    return Math.max(1e-9, (nowNanos - begunNanos) / 1e9);
  }

  private WaitingShares shares(Waited waited, long nowNanos) {
    double seconds = seconds(nowNanos);
    double learner = (waited.learnerSeconds() - before.learnerSeconds()) / seconds;
    double samplers =
        (waited.presentSeconds() - before.presentSeconds())
            / Math.max(1e-9, (nowNanos - lastNanos) / 1e9); // on average: they come and go
    double waits = (waited.samplerSeconds() - before.samplerSeconds()) / seconds;
    return new WaitingShares(
        Math.min(1, learner), samplers == 0 ? 0 : Math.min(1, waits / samplers));
  }

  private Waited waited() {
    return new Waited(
        metrics.time(Stage.LEARNER).blockedSeconds(BlockedReason.INPUT),
        metrics.time(Stage.SAMPLER).blockedSeconds(BlockedReason.ADMISSION),
        metrics.stage(Stage.SAMPLER).workerSeconds());
  }
}

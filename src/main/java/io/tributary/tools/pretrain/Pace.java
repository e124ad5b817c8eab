package io.tributary.tools.pretrain;

import io.tributary.tools.pretrain.Pretrainer.Progress;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/** Loss and speed since the last report, and the time that is left. */
final class Pace {
  private static final double NANOS_PER_SECOND = 1e9;

  private final long steps;
  private final LongSupplier nanoTime;
  private long started;
  private long stepsSince;
  private long tokens;
  private double loss;

  /**
   * @param steps steps in all
   * @param nanoTime a clock in nanoseconds
   */
  Pace(long steps, LongSupplier nanoTime) {
    this.steps = steps;
    this.nanoTime = nanoTime;
    this.started = nanoTime.getAsLong();
  }

  /** Adds a step; {@code loss} is the sum over its tokens, in nats. */
  void add(double loss, int tokens) {
    this.loss += loss;
    this.tokens += tokens;
    stepsSince++;
  }

  /** Progress after {@code step} steps. */
  Progress progress(long step, double learningRate, OptionalDouble heldOutPerplexity) {
    long elapsed = Math.max(1, nanoTime.getAsLong() - started);
    double nanosPerStep = elapsed / (double) stepsSince;
    return new Progress(
        step,
        steps,
        loss / tokens,
        heldOutPerplexity,
        learningRate,
        tokens * NANOS_PER_SECOND / elapsed,
        Duration.ofNanos((long) (nanosPerStep * (steps - step))));
  }

  /** Starts again, after a report. */
  void restart() {
    started = nanoTime.getAsLong();
    stepsSince = 0;
    tokens = 0;
    loss = 0;
  }
}

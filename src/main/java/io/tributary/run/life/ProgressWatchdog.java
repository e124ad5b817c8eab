package io.tributary.run.life;

import io.tributary.data.RunFailedException;
import io.tributary.protocol.LearnerEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enforces deadlines where nothing else does: the learner with the evaluator that it waits for, and
 * the samplers' first confirmation of the proposal, without which no stream can start.
 */
final class ProgressWatchdog {
  /** Deadlines, in timeouts that make the service unready: one slow batch must not end a run. */
  private static final int PATIENCE = 4;

  /**
   * If a check comes this many intervals after the last one, the process was stopped or suspended
   * in between.
   */
  private static final int STOPPED = 4;

  private static final Logger LOG = LoggerFactory.getLogger(ProgressWatchdog.class);

  private final Duration progressTimeout;
  private final Duration confirmationTimeout;
  private final LongSupplier nanoTime;
  private boolean working;
  private boolean awaitsConfirmation;
  private long since;
  private long looked;

  /**
   * A watchdog that begins now.
   *
   * @param stallTimeout time without progress after which a worker counts as lost
   * @param publishTimeout time that samplers have to confirm a proposal
   */
  ProgressWatchdog(Duration stallTimeout, Duration publishTimeout, LongSupplier nanoTime) {
    this.progressTimeout = stallTimeout.multipliedBy(PATIENCE);
    this.confirmationTimeout = publishTimeout.multipliedBy(PATIENCE);
    this.nanoTime = nanoTime;
    begin();
  }

  /** How often to check: a small part of the shorter deadline. */
  Duration interval() {
    Duration shorter =
        progressTimeout.compareTo(confirmationTimeout) < 0 ? progressTimeout : confirmationTimeout;
    return shorter.dividedBy(16).plusMillis(1);
  }

  /** Learner and evaluator start to work. */
  void begin() {
    awaitsConfirmation = false;
    working = true;
    since = nanoTime.getAsLong();
    looked = since;
  }

  /** The learner, or the evaluator that it waits for, has reported. */
  void hear(LearnerEvent event) {
    if (event instanceof LearnerEvent.Ready) {
      awaitsConfirmation = true;
      working = false;
    } else if (event instanceof LearnerEvent.Idle) {
      working = false;
    } else if (event == LearnerEvent.Active.INSTANCE) {
      working = true;
    }
    since = nanoTime.getAsLong();
  }

  /** A sampler has confirmed the first proposal. */
  void streamStarted() {
    awaitsConfirmation = false;
  }

  /** What has taken too long, if anything; to be called once per {@link #interval}. */
  Optional<RunFailedException> complaint(long proposalVersion) {
    long now = nanoTime.getAsLong();
    forgive(now - looked, now);
    looked = now;
    Duration silence = Duration.ofNanos(now - since);
    if (working && silence.compareTo(progressTimeout) > 0) {
      return Optional.of(
          new RunFailedException(
              "neither the learner nor the evaluator has shown progress for %d s, %d times stream.stall-timeout; a native call may hang; --resume continues from the last checkpoint"
                  .formatted(silence.toSeconds(), PATIENCE)));
    }
    if (awaitsConfirmation && silence.compareTo(confirmationTimeout) > 0) {
      return Optional.of(
          new RunFailedException(
              "no sampler has confirmed proposal %d within %d s, %d times publish.timeout; see the log"
                  .formatted(proposalVersion, silence.toSeconds(), PATIENCE)));
    }
    return Optional.empty();
  }

  /** Time during which the process stood still does not count. */
  private void forgive(long nanos, long now) {
    if (nanos > STOPPED * interval().toNanos()) {
      LOG.warn("the process stood still for about {} s", TimeUnit.NANOSECONDS.toSeconds(nanos));
      since = Math.min(now, since + nanos);
    }
  }
}

package io.tributary.run.life;

import io.tributary.data.LogMarkers;
import io.tributary.data.RunFailedException;
import io.tributary.data.ServiceState;
import io.tributary.metrics.Label.DropReason;
import io.tributary.protocol.EvaluatorCommand.Compared;
import io.tributary.protocol.LearnerCommand.CheckpointFailed;
import io.tributary.protocol.LearnerCommand.CheckpointSaved;
import io.tributary.protocol.LearnerCommand.NothingToSave;
import io.tributary.protocol.LearnerCommand.Saved;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a run ends: after its last step with a checkpoint and a comparison of texts, by a drain with
 * what is in flight and a checkpoint, or by a failure. For the guardian's thread.
 */
final class RunShutdown {
  private static final Logger LOG = LoggerFactory.getLogger(RunShutdown.class);

  /** Number of texts of each model to show at the end. */
  static final int COMPARED_TEXTS = 10;

  /** The comparison is a courtesy: a run waits no longer for it. */
  private static final Duration COMPARISON_TIME = Duration.ofMinutes(5);

  private enum Phase {
    RUNNING("the run continues"),
    DRAINING("the run is draining"),
    COMPLETE("the run has made all its steps and writes its last checkpoint"),
    COMPARING("the run has made all its steps and draws texts to compare"),
    OVER("the run is over");

    private final String description;

    Phase(String description) {
      this.description = description;
    }
  }

  private final TimerScheduler<GuardianCommand> timers;
  private final RunServices services;
  private final StreamSupervisor stream;
  private final CompletableFuture<Void> outcome;
  private Phase phase = Phase.RUNNING;

  /**
   * @param outcome completed when the run is over, with the failure if it failed
   */
  RunShutdown(
      TimerScheduler<GuardianCommand> timers,
      RunServices services,
      StreamSupervisor stream,
      CompletableFuture<Void> outcome) {
    this.timers = timers;
    this.services = services;
    this.stream = stream;
    this.outcome = outcome;
  }

  /** Whether no end of the run has begun. */
  boolean isRunning() {
    return phase == Phase.RUNNING;
  }

  boolean isComparing() {
    return phase == Phase.COMPARING;
  }

  boolean isOver() {
    return phase == Phase.OVER;
  }

  /** What the run is doing, in words. */
  String description() {
    return phase.description;
  }

  /** Nothing is left to learn, and the last checkpoint is being written. */
  void learned() {
    if (phase == Phase.RUNNING) {
      phase = Phase.COMPLETE;
    }
  }

  /**
   * The last checkpoint was tried: ends the run, unless texts are still to be compared.
   *
   * @return whether to draw texts of both models now, since all steps are made
   */
  boolean wantsTexts(Saved saved) {
    if (phase == Phase.OVER) {
      return false;
    }
    services.streamMetrics().end(DropReason.STOPPED);
    if (saved instanceof CheckpointFailed) {
      fail(
          new RunFailedException(
              "the last checkpoint could not be written, for the reason given in %s; everything learned since the one before is lost"
                  .formatted(services.directory().home().resolve("tributary.log"))));
      return false;
    }
    if (phase == Phase.DRAINING) {
      services.console().line(describe(saved));
      end();
      return false;
    }
    phase = Phase.COMPARING;
    timers.startSingleTimer(GuardianCommand.TimeOver.INSTANCE, COMPARISON_TIME);
    return true;
  }

  /** The result of a checkpoint, in words. */
  String describe(Saved saved) {
    if (saved instanceof CheckpointSaved checkpoint) {
      return "checkpoint of step %d: %s"
          .formatted(
              checkpoint.step(),
              services.directory().files().checkpoints().directory(checkpoint.step()));
    } else if (saved instanceof NothingToSave nothing) {
      return "no checkpoint: " + nothing.reason();
    }
    return "no checkpoint (%s); it will be tried again"
        .formatted(((CheckpointFailed) saved).reason());
  }

  /** Shows and records texts of both models, and ends. */
  void compared(Compared texts) {
    services.watch().compare(texts.base(), texts.policy());
    try {
      services.directory().recordTexts(texts.base(), texts.policy());
    } catch (IOException e) {
      LOG.warn("the texts of both models can't be written", e);
    }
    end();
  }

  /** Ends a complete run without texts, which can't be drawn. */
  void notCompared(Throwable cause) {
    LOG.warn("the run is complete, but texts can't be compared", cause);
    end();
  }

  /** Finishes what is in flight, writes a checkpoint, and ends, unless that has begun already. */
  void drain() {
    if (phase == Phase.COMPARING) {
      end();
      return;
    }
    if (phase != Phase.RUNNING) {
      return;
    }
    phase = Phase.DRAINING;
    services.watch().state(ServiceState.DRAINING, null);
    if (!stream.isStarted()) {
      services.console().line("no checkpoint: nothing was learned since the one before");
      end();
      return;
    }
    Duration grace = services.config().current().shutdown().grace();
    timers.startSingleTimer(GuardianCommand.LetGo.INSTANCE, grace.dividedBy(2));
    timers.startSingleTimer(GuardianCommand.TimeOver.INSTANCE, grace);
    stream.drain();
  }

  /** The wait is over: the comparison may be missing, the last steps may not. */
  void timeOver() {
    LOG.warn("time is up; what is still under way is abandoned");
    if (phase == Phase.DRAINING) {
      services
          .console()
          .line(
              "no checkpoint: the current step and its checkpoint took longer than shutdown.grace"
                  + " allows");
      fail(
          new RunFailedException(
              "the run has ended without a last checkpoint; everything learned since the one before is lost"));
    } else {
      end();
    }
  }

  /** Ends the run with a failure, unless it is over. */
  void fail(Throwable cause) {
    if (phase == Phase.OVER) {
      return;
    }
    LOG.error(LogMarkers.REPORTED, "the run has failed", cause);
    services.watch().state(ServiceState.FAILED, String.valueOf(cause.getMessage()));
    phase = Phase.OVER;
    stream.stop();
    services.streamMetrics().end(DropReason.STOPPED);
    outcome.completeExceptionally(cause);
  }

  private void end() {
    phase = Phase.OVER;
    services.streamMetrics().end(DropReason.STOPPED);
    outcome.complete(null);
  }
}

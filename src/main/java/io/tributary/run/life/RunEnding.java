package io.tributary.run.life;

import io.tributary.data.LogMarkers;
import io.tributary.data.RunFailedException;
import io.tributary.data.ServiceState;
import io.tributary.metrics.DropReason;
import io.tributary.protocol.EvaluatorCommand;
import io.tributary.protocol.EvaluatorCommand.Compared;
import io.tributary.protocol.LearnerCommand;
import io.tributary.protocol.LearnerCommand.CheckpointFailed;
import io.tributary.protocol.LearnerCommand.CheckpointSaved;
import io.tributary.protocol.LearnerCommand.NothingToSave;
import io.tributary.protocol.LearnerCommand.Saved;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a run ends: after its last step with a checkpoint and a comparison of texts, by a drain with
 * what is in flight and a checkpoint, or by a failure. For the guardian's thread.
 */
final class RunEnding {
  private static final Logger LOG = LoggerFactory.getLogger(RunEnding.class);

  /** Texts of either model that are shown at the end. */
  static final int COMPARED_TEXTS = 10;

  /** The comparison is a courtesy: a run does not wait longer for it. */
  private static final Duration COMPARISON_TIME = Duration.ofMinutes(5);

  private enum Phase {
    /** Nothing ends yet. */
    RUNNING,
    /** What is in flight is finished, then a checkpoint written. */
    DRAINING,
    /** All steps are made; the last checkpoint is written. */
    COMPLETE,
    /** Texts of both models are drawn, to be shown. */
    COMPARING,
    /** It is over, well or not. */
    OVER
  }

  private final ActorContext<Guardian.Command> context;
  private final TimerScheduler<Guardian.Command> timers;
  private final Guardian.Plan plan;
  private final StreamLife stream;
  private final TrainingCore core;
  private final CompletableFuture<Void> outcome;
  private Phase phase = Phase.RUNNING;

  /**
   * @param outcome completed when the run is over, with the failure if it failed
   */
  RunEnding(
      ActorContext<Guardian.Command> context,
      TimerScheduler<Guardian.Command> timers,
      Guardian.Plan plan,
      StreamLife stream,
      TrainingCore core,
      CompletableFuture<Void> outcome) {
    this.context = context;
    this.timers = timers;
    this.plan = plan;
    this.stream = stream;
    this.core = core;
    this.outcome = outcome;
  }

  /** Whether the run goes on: nothing of its end has begun. */
  boolean isRunning() {
    return phase == Phase.RUNNING;
  }

  boolean isComparing() {
    return phase == Phase.COMPARING;
  }

  boolean isOver() {
    return phase == Phase.OVER;
  }

  /** What the run does, in words, where it does not simply go on. */
  String description() {
    return switch (phase) {
      case RUNNING -> "the run goes on";
      case DRAINING -> "the run is draining";
      case COMPLETE -> "the run has made all its steps and writes its last checkpoint";
      case COMPARING -> "the run has made all its steps and draws texts to compare";
      case OVER -> "the run is over";
    };
  }

  /** The stream has ended, or there is nothing for one to do: the last checkpoint is due. */
  void learned() {
    if (phase == Phase.RUNNING) {
      phase = Phase.COMPLETE;
    }
    CompletableFuture<Saved> saved = new CompletableFuture<>();
    core.learner().tell(new LearnerCommand.WriteCheckpoint(saved));
    context.pipeToSelf(
        (CompletionStage<Saved>) saved,
        (done, failure) ->
            new Guardian.LastCheckpoint(
                done == null ? new CheckpointFailed(String.valueOf(failure)) : done));
  }

  /** The last checkpoint is written, or not. */
  void lastCheckpoint(Saved saved) {
    if (phase == Phase.OVER) {
      return;
    }
    plan.streamMetrics().end(DropReason.STOPPED);
    if (saved instanceof CheckpointFailed) {
      fail(
          new RunFailedException(
              "the last checkpoint could not be written, %s says why; what came after the one before is lost"
                  .formatted(plan.directory().home().resolve("tributary.log"))));
    } else if (phase == Phase.DRAINING) {
      tell(saved);
      end();
    } else {
      phase = Phase.COMPARING;
      timers.startSingleTimer(Guardian.TimeOver.INSTANCE, COMPARISON_TIME);
      core.evaluator()
          .tell(
              new EvaluatorCommand.Compare(
                  COMPARED_TEXTS,
                  context.messageAdapter(Compared.class, Guardian.TextsCompared::new)));
    }
  }

  private void tell(Saved saved) {
    if (saved instanceof CheckpointSaved checkpoint) {
      plan.console()
          .line(
              "checkpoint of step %d: %s"
                  .formatted(
                      checkpoint.step(),
                      plan.directory().files().checkpoints().directory(checkpoint.step())));
    } else if (saved instanceof NothingToSave nothing) {
      plan.console().line("no checkpoint: " + nothing.reason());
    }
  }

  /** Texts of both models are there. */
  void compared(Compared texts) {
    plan.watch().compare(texts.base(), texts.policy());
    try {
      plan.directory().recordTexts(texts.base(), texts.policy());
    } catch (IOException e) {
      LOG.warn("the texts of both models can't be written", e);
    }
    end();
  }

  /** Finishes what is in flight, writes a checkpoint, and ends; nothing where it ends already. */
  void drain() {
    if (phase == Phase.COMPARING) {
      end();
      return;
    }
    if (phase != Phase.RUNNING) {
      return;
    }
    phase = Phase.DRAINING;
    plan.watch().state(ServiceState.DRAINING, null);
    if (!stream.isStarted()) {
      plan.console().line("no checkpoint: nothing was learned since the one before");
      end();
      return;
    }
    Duration grace = plan.live().current().shutdown().grace();
    timers.startSingleTimer(Guardian.LetGo.INSTANCE, grace.dividedBy(2));
    timers.startSingleTimer(Guardian.TimeOver.INSTANCE, grace);
    stream.drain();
  }

  /** What is waited for takes too long: the comparison may be missing, the last steps may not. */
  void timeOver() {
    LOG.warn("the time is over; what is under way is let go");
    if (phase == Phase.DRAINING) {
      plan.console()
          .line(
              "no checkpoint: the step under way and its checkpoint took longer than shutdown.grace allows");
      fail(
          new RunFailedException(
              "the run has ended without a last checkpoint; what came after the one before is lost"));
    } else {
      end();
    }
  }

  /** The run can't go on. */
  void fail(Throwable cause) {
    if (phase == Phase.OVER) {
      return;
    }
    LOG.error(LogMarkers.REPORTED, "the run has failed", cause);
    plan.watch().state(ServiceState.FAILED, String.valueOf(cause.getMessage()));
    phase = Phase.OVER;
    stream.stop();
    plan.streamMetrics().end(DropReason.STOPPED);
    outcome.completeExceptionally(cause);
  }

  /** The run is over, and nothing failed. */
  void end() {
    phase = Phase.OVER;
    plan.streamMetrics().end(DropReason.STOPPED);
    outcome.complete(null);
  }
}

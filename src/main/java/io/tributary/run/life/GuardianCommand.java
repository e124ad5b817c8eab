package io.tributary.run.life;

import io.tributary.protocol.EvaluatorCommand.Compared;
import io.tributary.protocol.LearnerCommand.Saved;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.ConfigView;
import io.tributary.stream.TrainingStream;
import io.tributary.target.fit.Fit;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Messages to the guardian: commands of others first; from {@link LearnerSpoke} on, reports of its
 * actors and its own timers.
 */
sealed interface GuardianCommand {

  /** Start the run; nothing happens before. */
  enum Begin implements GuardianCommand {
    INSTANCE
  }

  /** Finish what is in flight, write a checkpoint, and end. */
  enum Drain implements GuardianCommand {
    INSTANCE
  }

  /** An operator's request. */
  sealed interface Request extends GuardianCommand {
    CompletableFuture<Answer> answer();
  }

  /** Do what an operator asks for, and answer. */
  record Perform(Action action, CompletableFuture<Answer> answer) implements Request {}

  /**
   * Change the configuration, and answer.
   *
   * @param values by key, relative to {@code tributary}
   * @param from who asks
   * @param before completed with the settings in force until then, ahead of the answer
   */
  record Change(
      Map<String, String> values,
      String from,
      Instant at,
      CompletableFuture<ConfigView> before,
      CompletableFuture<Answer> answer)
      implements Request {}

  /** The learner, or the evaluator on its behalf, reports. */
  record LearnerSpoke(LearnerEvent event) implements GuardianCommand {}

  /** A pool or the publisher has given up a worker. */
  record WorkerLost(io.tributary.protocol.WorkerLost loss) implements GuardianCommand {}

  /** The publisher reports who has confirmed the proposal. */
  record SamplersConfirmed(ProposalConfirmed confirmation) implements GuardianCommand {}

  /**
   * A fit of lambda has ended.
   *
   * @param fit null if it failed
   */
  record FitEnded(@Nullable Fit fit, @Nullable Throwable failure) implements GuardianCommand {}

  /** A stream has ended, by itself or with a failure. */
  record StreamEnded(TrainingStream stream, @Nullable Throwable failure)
      implements GuardianCommand {}

  /** The last checkpoint of the run was tried. */
  record LastCheckpoint(Saved saved) implements GuardianCommand {}

  /** Texts of both models are drawn. */
  record TextsCompared(Compared texts) implements GuardianCommand {}

  /** Half of the grace period is over: what is in flight is abandoned. */
  enum LetGo implements GuardianCommand {
    INSTANCE
  }

  /** What the end of the run waits for takes too long. */
  enum TimeOver implements GuardianCommand {
    INSTANCE
  }

  /** It is time to check whether the run makes progress. */
  enum CheckProgress implements GuardianCommand {
    INSTANCE
  }
}

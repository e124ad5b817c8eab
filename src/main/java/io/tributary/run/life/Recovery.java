package io.tributary.run.life;

import io.tributary.metrics.Label.DropReason;
import io.tributary.metrics.Label.FailureReason;
import io.tributary.metrics.Label.Stage;
import org.jspecify.annotations.Nullable;

/**
 * Takes a run back to its last checkpoint when the learner, the evaluator or the stream has failed,
 * or ends the run if that is impossible. For the guardian's thread.
 */
final class Recovery {
  private final RunServices services;
  private final LearnerSupervisor training;
  private final StreamSupervisor stream;
  private final OperatorRequests requests;
  private final ProgressWatchdog watchdog;
  private final RunShutdown shutdown;
  private @Nullable Throwable cause; // while the old learner stops

  Recovery(
      RunServices services,
      LearnerSupervisor training,
      StreamSupervisor stream,
      OperatorRequests requests,
      ProgressWatchdog watchdog,
      RunShutdown shutdown) {
    this.services = services;
    this.training = training;
    this.stream = stream;
    this.requests = requests;
    this.watchdog = watchdog;
    this.shutdown = shutdown;
  }

  /** Whether the old learner is not gone yet. */
  boolean isUnderWay() {
    return cause != null;
  }

  /**
   * The stream or the evaluator has failed. The learner is stopped: it has to be gone before a new
   * one reads and writes the run's files.
   *
   * @param stage whose failure it counts as
   */
  void failed(Stage stage, Throwable failure) {
    if (cause == null && begin(stage, failure)) {
      cause = FailureCause.of(failure);
      training.stopLearner();
    }
  }

  /** The learner has stopped: it has failed, or a recovery has stopped it. */
  void learnerStopped(Throwable failure) {
    if (cause != null) {
      restart(cause);
    } else if (begin(Stage.LEARNER, failure)) {
      restart(FailureCause.of(failure));
    }
  }

  private boolean begin(Stage stage, Throwable failure) {
    services.metrics().stage(stage).failed(FailureReason.ERROR);
    requests.learnerIsGone();
    Throwable reason = FailureCause.of(failure);
    if (FailureCause.isFinal(reason) || !shutdown.isRunning() || !training.mayRestart()) {
      shutdown.fail(reason);
      return false;
    }
    watchdog.begin();
    services.watch().restarting();
    stream.stop();
    return true;
  }

  private void restart(Throwable reason) {
    cause = null;
    requests.learnerIsGone();
    services.streamMetrics().end(DropReason.LEARNER_RESTART);
    watchdog.begin();
    if (!training.restart(reason)) {
      shutdown.fail(reason);
    }
  }
}

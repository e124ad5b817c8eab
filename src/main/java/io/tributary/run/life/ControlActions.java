package io.tributary.run.life;

import io.tributary.config.EffectiveConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.data.Paused;
import io.tributary.metrics.Label.ConfigChange;
import io.tributary.metrics.Metric;
import io.tributary.protocol.LearnerCommand;
import io.tributary.protocol.LearnerCommand.CheckpointSaved;
import io.tributary.protocol.LearnerCommand.ProposalSwapped;
import io.tributary.protocol.LearnerCommand.Saved;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.Done;
import io.tributary.protocol.ServiceControl.Invalid;
import io.tributary.protocol.ServiceControl.Unable;
import io.tributary.run.assembly.MemoryEstimate;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Carries out what operators ask for, as far as the state of the run allows, and answers every
 * request. For the guardian's thread.
 */
final class ControlActions {
  private final RunServices services;
  private final WorkerSupervisor workers;
  private final LearnerSupervisor training;
  private final StreamSupervisor stream;
  private final RunShutdown shutdown;
  private final Set<CompletableFuture<Answer>> atLearner = new HashSet<>();

  ControlActions(
      RunServices services,
      WorkerSupervisor workers,
      LearnerSupervisor training,
      StreamSupervisor stream,
      RunShutdown shutdown) {
    this.services = services;
    this.workers = workers;
    this.training = training;
    this.stream = stream;
    this.shutdown = shutdown;
  }

  /** Carries out an action, or refuses it if the run is ending. */
  void perform(GuardianCommand.Perform request) {
    CompletableFuture<Answer> answer = request.answer();
    Paused paused = stream.paused();
    if (!shutdown.isRunning() && (shutdown.isOver() || request.action() != Action.DRAIN)) {
      answer.complete(new Unable(shutdown.description()));
      return;
    }
    switch (request.action()) {
      case PAUSE_SAMPLING ->
          pause(
              new Paused(true, paused.learning()),
              "sampling is paused; what is in flight is learned",
              answer);
      case PAUSE_LEARNING ->
          pause(
              new Paused(paused.sampling(), true),
              "learning is paused; samplers continue up to the bound on staleness",
              answer);
      case RESUME -> pause(Paused.NONE, "sampling and learning continue", answer);
      case CHECKPOINT ->
          askLearner(answer, LearnerCommand.WriteCheckpoint::new, this::checkpointAnswer);
      case SWAP_PROPOSAL -> askLearner(answer, LearnerCommand.SwapProposal::new, this::swapAnswer);
      case DRAIN -> {
        shutdown.drain();
        answer.complete(
            new Done(
                "finishing what is in flight, then writing a checkpoint, within %d s; the console says which"
                    .formatted(services.config().current().shutdown().grace().toSeconds())));
      }
    }
  }

  private void pause(Paused sides, String what, CompletableFuture<Answer> answer) {
    boolean already = stream.paused().equals(sides);
    if (!already) {
      stream.pause(sides);
    }
    answer.complete(new Done(already ? "nothing to do: " + what : what));
  }

  private <T> void askLearner(
      CompletableFuture<Answer> answer,
      Function<CompletableFuture<T>, LearnerCommand> question,
      Function<T, Answer> translation) {
    atLearner.removeIf(CompletableFuture::isDone);
    atLearner.add(answer);
    CompletableFuture<T> done = new CompletableFuture<>();
    var unused =
        done.whenComplete(
            (result, failure) ->
                answer.complete(
                    failure == null
                        ? translation.apply(result)
                        : new Unable(String.valueOf(failure.getMessage()))));
    training.learner().tell(question.apply(done));
  }

  /** The learner is gone: answers what it was asked for and has not done. */
  void learnerIsGone() {
    atLearner.forEach(
        answer ->
            answer.complete(
                new Unable("the learner has failed, and restarts from the last checkpoint")));
    atLearner.clear();
  }

  private Answer checkpointAnswer(Saved saved) {
    return saved instanceof CheckpointSaved
        ? new Done(shutdown.describe(saved))
        : new Unable(shutdown.describe(saved));
  }

  private Answer swapAnswer(ProposalSwapped swapped) {
    return swapped.version().isEmpty()
        ? new Unable("nothing to swap: before the first step, policy and proposal are the same")
        : new Done(
            "policy %d is the proposal since step %d; %s"
                .formatted(
                    swapped.version().getAsLong(),
                    swapped.step(),
                    shutdown.describe(swapped.saved())));
  }

  /** Makes all changes, or refuses them all. */
  void change(GuardianCommand.Change request) {
    request.before().complete(services.config().view());
    if (!shutdown.isRunning()) {
      services.metrics().add(Metric.CONFIG_CHANGES_TOTAL, 1, ConfigChange.REJECTED);
      request.answer().complete(new Unable(shutdown.description()));
      return;
    }
    LiveConfig live = services.config();
    EffectiveConfig proposed;
    try {
      proposed = live.propose(request.values(), request.from(), request.at());
      requireMemory(proposed.training());
    } catch (ConfigException e) {
      request.answer().complete(new Invalid(String.valueOf(e.getMessage())));
      return;
    }
    String what = live.accept(proposed, request.values().keySet(), request.from(), request.at());
    TributaryConfig config = live.current();
    workers.resize(config.samplers().count(), config.scorers().count());
    stream.maxStaleness(config.stream().maxStalenessSteps());
    training.adjust(config);
    services.watch().reconfigured();
    services.console().line("changed by %s: %s".formatted(request.from(), what));
    request
        .answer()
        .complete(new Done(what + " (until the process ends: --resume reads the file again)"));
  }

  /** The system would kill a process with more workers than fit into memory. */
  private void requireMemory(TributaryConfig proposed) {
    double bytes = tensorBytes(proposed);
    double limit = services.metrics().value(Metric.MEMORY_LIMIT_BYTES);
    if (bytes > limit && bytes > tensorBytes(services.config().current())) {
      services.metrics().add(Metric.CONFIG_CHANGES_TOTAL, 1, ConfigChange.REJECTED);
      throw new ConfigException(
          "tributary.samplers.count = %d with tributary.scorers.count = %d takes about %s of memory for tensors on the CPU, the machine or container has %s"
              .formatted(
                  proposed.samplers().count(),
                  proposed.scorers().count(),
                  MemoryEstimate.mebibytes(bytes),
                  MemoryEstimate.mebibytes(limit)));
    }
  }

  private double tensorBytes(TributaryConfig config) {
    return MemoryEstimate.of(config, services.parts().model(), services.parts().positions())
        .bytes("cpu");
  }
}

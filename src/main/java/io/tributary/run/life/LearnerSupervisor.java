package io.tributary.run.life;

import io.tributary.config.TributaryConfig;
import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredDraw;
import io.tributary.metrics.Label.Stage;
import io.tributary.protocol.EvaluatorCommand;
import io.tributary.protocol.EvaluatorCommand.Compared;
import io.tributary.protocol.LearnerCommand;
import io.tributary.protocol.LearnerCommand.CheckpointFailed;
import io.tributary.protocol.LearnerCommand.LearnerSettings;
import io.tributary.protocol.LearnerCommand.Saved;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.PublisherCommand;
import io.tributary.stage.evaluate.Evaluator;
import io.tributary.stage.learn.Learner;
import io.tributary.stage.learn.StepSchedule;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.target.EnergyBasedModel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The learner and its evaluator. When either fails, both start again from the last checkpoint, a
 * limited number of times.
 */
final class LearnerSupervisor {
  private static final Logger LOG = LoggerFactory.getLogger(LearnerSupervisor.class);

  private final ActorContext<?> context;
  private final RunServices services;
  private final EnergyBasedModel target;
  private final ActorRef<PublisherCommand> publisher;
  private final Supplier<Function<DrawOrder, CompletionStage<ScoredDraw>>> windows;
  private final ActorRef<LearnerEvent> events;
  private @Nullable LearnerState from;
  private ActorRef<EvaluatorCommand> evaluator;
  private ActorRef<LearnerCommand> learner;
  private int restarts;

  /**
   * Spawns and watches both.
   *
   * @param from the checkpoint to resume from; null for a new run
   * @param target with all lambdas
   * @param windows called for each learner: what draws and scores its windows
   * @param events told everything that the learner does
   */
  LearnerSupervisor(
      ActorContext<?> context,
      RunServices services,
      @Nullable LearnerState from,
      EnergyBasedModel target,
      ActorRef<PublisherCommand> publisher,
      Supplier<Function<DrawOrder, CompletionStage<ScoredDraw>>> windows,
      ActorRef<LearnerEvent> events) {
    this.context = context;
    this.services = services;
    this.target = target;
    this.publisher = publisher;
    this.windows = windows;
    this.events = events;
    this.from = from;
    this.evaluator = spawnEvaluator();
    this.learner = spawnLearner(evaluator);
  }

  private ActorRef<EvaluatorCommand> spawnEvaluator() {
    return watched(
        Evaluator.create(
            () ->
                services
                    .parts()
                    .evaluation(target, () -> events.tell(LearnerEvent.Active.INSTANCE)),
            services.metrics().stage(Stage.EVALUATOR)),
        "evaluator");
  }

  private ActorRef<LearnerCommand> spawnLearner(ActorRef<EvaluatorCommand> itsEvaluator) {
    LearnerState state = from;
    TributaryConfig config = services.config().current();
    return watched(
        Learner.create(
            () -> services.parts().training(config, services.directory().files(), state, target),
            new StepSchedule(
                settings(config),
                config.checkpoint().background(),
                config.totalSteps().orElse(Long.MAX_VALUE)),
            publisher,
            windows.get(),
            itsEvaluator,
            events,
            services.metrics().stage(Stage.LEARNER)),
        "learner");
  }

  private static LearnerSettings settings(TributaryConfig config) {
    return new LearnerSettings(
        config.learner().optimizer().learningRate(),
        config.publish().intervalSteps(),
        config.evaluation().intervalSteps(),
        config.checkpoint().keep() == 0 ? 0 : config.checkpoint().intervalSteps(),
        config.checkpoint().interval(),
        config.diagnostics().gradientVarianceIntervalSteps(),
        config.samples().perInterval());
  }

  /** Applies the configuration to the learner, from the next step on. */
  void adjust(TributaryConfig config) {
    learner.tell(new LearnerCommand.Adjust(settings(config)));
  }

  private <C> ActorRef<C> watched(Behavior<C> behavior, String name) {
    ActorRef<C> spawned = context.spawn(behavior, name + "-" + restarts, LocalWorkers.PINNED);
    context.watch(spawned);
    return spawned;
  }

  ActorRef<LearnerCommand> learner() {
    return learner;
  }

  /** The checkpoint that the learner started from; null in a new run. */
  @Nullable LearnerState from() {
    return from;
  }

  /** Has a checkpoint written; the future tells the result. */
  CompletionStage<Saved> writeCheckpoint() {
    CompletableFuture<Saved> saved = new CompletableFuture<>();
    learner.tell(new LearnerCommand.WriteCheckpoint(saved));
    return saved.exceptionally(failure -> new CheckpointFailed(String.valueOf(failure)));
  }

  /** Has the evaluator draw {@code n} texts each from the base model and the policy. */
  void compareTexts(int n, ActorRef<Compared> replyTo) {
    evaluator.tell(new EvaluatorCommand.Compare(n, replyTo));
  }

  /** Whether another restart is allowed. */
  boolean mayRestart() {
    return restarts < services.config().current().learner().maxRestarts();
  }

  /** Stops the learner, which must be gone before a new one touches the files of the run. */
  void stopLearner() {
    context.stop(learner);
  }

  /**
   * Starts both again from the last checkpoint, after the learner is gone.
   *
   * @return false if there is no checkpoint
   */
  boolean restart(Throwable cause) {
    Optional<LearnerState> last = services.parts().lastState(services.directory().files());
    if (last.isEmpty()) {
      return false;
    }
    restarts++;
    LearnerState state = last.get();
    from = state;
    LOG.error(
        "training failed; restart {} of {} from the checkpoint of step {}",
        restarts,
        services.config().current().learner().maxRestarts(),
        state.step(),
        cause);
    services.watch().resumed(state);
    context.unwatch(evaluator);
    context.stop(evaluator);
    evaluator = spawnEvaluator();
    learner = spawnLearner(evaluator);
    return true;
  }
}

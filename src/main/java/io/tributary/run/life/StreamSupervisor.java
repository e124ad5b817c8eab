package io.tributary.run.life;

import io.tributary.config.TributaryConfig;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.Paused;
import io.tributary.data.ScoredDraw;
import io.tributary.protocol.LearnerCommand;
import io.tributary.protocol.LearnerCommand.BatchLearned;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.WorkerLost;
import io.tributary.run.watch.StreamMetrics;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stream.BootstrapPlan;
import io.tributary.stream.PoolSettings;
import io.tributary.stream.StreamPlan;
import io.tributary.stream.TrainingStream;
import io.tributary.stream.WorkerPool;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.stream.Materializer;
import org.jspecify.annotations.Nullable;

/**
 * Opens the pools for a learner, and starts the stream through them when the learner is ready and a
 * sampler has its proposal. Stops both when the learner fails, and begins again with the next one,
 * still paused where it was. For the guardian's thread.
 */
final class StreamSupervisor {
  private record Pools(
      ActorRef<WorkerPool.Command<DrawOrder, Draw>> samplers,
      ActorRef<WorkerPool.Command<Draw, ScoredDraw>> scorers,
      StreamMetrics.OfStream listener) {}

  private static final ProposalConfirmed NOTHING_CONFIRMED = new ProposalConfirmed(0, Map.of());

  private final ActorContext<?> context;
  private final RunServices services;
  private final Map<String, Double> lambdas;
  private final ActorRef<WorkerLost> lostWorkers;
  private ProposalConfirmed confirmed = NOTHING_CONFIRMED;
  private LearnerEvent.@Nullable Ready learnerReady;
  private @Nullable TrainingStream running;
  private @Nullable Pools pools;
  private Paused paused = Paused.NONE;

  /**
   * @param lambdas of the target, by feature
   * @param lostWorkers told of workers to replace
   */
  StreamSupervisor(
      ActorContext<?> context,
      RunServices services,
      Map<String, Double> lambdas,
      ActorRef<WorkerLost> lostWorkers) {
    this.context = context;
    this.services = services;
    this.lambdas = lambdas;
    this.lostWorkers = lostWorkers;
  }

  /** The learner can take batches. */
  void ready(LearnerEvent.Ready ready) {
    learnerReady = ready;
    if (confirmed.version() > ready.proposalVersion()) {
      confirmed = NOTHING_CONFIRMED; // of the learner before, whose versions went further
    }
  }

  /** Whether this actor is a pool of the present stream. */
  boolean owns(ActorRef<?> actor) {
    return pools != null && (actor.equals(pools.samplers()) || actor.equals(pools.scorers()));
  }

  /** Samplers have confirmed this proposal. */
  void confirmed(ProposalConfirmed confirmation) {
    confirmed = confirmation;
  }

  /** The proposal that the stream starts with; 0 before the learner is ready. */
  long proposalVersion() {
    return learnerReady == null ? 0 : learnerReady.proposalVersion();
  }

  /** Whether the learner is ready and has nothing left to learn. */
  boolean isLearnerFinished() {
    return learnerReady != null && learnerReady.finished();
  }

  boolean isStarted() {
    return running != null;
  }

  boolean is(TrainingStream some) {
    return running == some;
  }

  /**
   * Spawns the pools for the stream of the next learner.
   *
   * @return what draws and scores a window: sequences that go to no batch
   */
  Function<DrawOrder, CompletionStage<ScoredDraw>> open() {
    TributaryConfig config = services.config().current();
    StreamMetrics.OfStream listener =
        services.streamMetrics().begin(services.console()::transientLine);
    ActorRef<WorkerPool.Command<DrawOrder, Draw>> samplers =
        context.spawnAnonymous(
            WorkerPool.create(
                waiting(
                    config,
                    PoolSettings.samplers(
                        services.parts().model().vocabulary(), config.stream().stallTimeout())),
                lostWorkers,
                listener.samplers()));
    ActorRef<WorkerPool.Command<Draw, ScoredDraw>> scorers =
        context.spawnAnonymous(
            WorkerPool.create(
                waiting(
                    config,
                    PoolSettings.scorers(
                        config.target().features().size(),
                        lambdas,
                        services.parts().scoreDetail(),
                        config.stream().stallTimeout())),
                lostWorkers,
                listener.scorers()));
    context.watch(samplers);
    context.watch(scorers);
    pools = new Pools(samplers, scorers, listener);
    return order ->
        WorkerPool.submit(samplers, order).thenCompose(draw -> WorkerPool.submit(scorers, draw));
  }

  /** In a cluster, workers come when they come. */
  private static <W, R, C> PoolSettings<W, R, C> waiting(
      TributaryConfig config, PoolSettings<W, R, C> settings) {
    return config.cluster().isPresent() ? settings.ofCluster() : settings;
  }

  /**
   * Starts the stream, if it does not run and learner and samplers are ready.
   *
   * @param from the checkpoint to resume from; null for a new run
   * @return the stream, if it was started
   */
  Optional<TrainingStream> start(@Nullable LearnerState from, ActorRef<LearnerCommand> learner) {
    LearnerEvent.Ready ready = learnerReady;
    Pools current = pools;
    if (ready == null
        || current == null
        || running != null
        || confirmed.version() < ready.proposalVersion()
        || confirmed.confirmed() == 0) {
      return Optional.empty();
    }
    TributaryConfig config = services.config().current();
    running =
        TrainingStream.start(
            new StreamPlan(
                from == null ? 0 : from.nextDraw(),
                from == null ? bootstrap(config) : BootstrapPlan.NONE,
                config.samplers().batchSize(),
                config.learner().batchSize(),
                config.stream().maxStalenessSteps(),
                config.stream().maxDropRate(),
                ready.proposalVersion()),
            paused,
            new TrainingStream.Stages(
                WorkerPool.flow(current.samplers()),
                WorkerPool.flow(current.scorers()),
                batch -> {
                  CompletableFuture<BatchLearned> done = new CompletableFuture<>();
                  learner.tell(
                      new LearnerCommand.Learn(batch, () -> current.listener().used(batch), done));
                  return done;
                }),
            current.listener(),
            System::nanoTime,
            Materializer.createMaterializer(context.getSystem()));
    return Optional.of(running);
  }

  private static BootstrapPlan bootstrap(TributaryConfig config) {
    return new BootstrapPlan(
        config.bootstrapDraws(),
        config.mostBootstrapDraws(),
        config.partitionFunction().bootstrapHits());
  }

  Paused paused() {
    return paused;
  }

  /** Pauses these sides and resumes the others, in this stream and all later ones. */
  void pause(Paused sides) {
    paused = sides;
    services.watch().paused(sides);
    if (running != null) {
      running.pause(sides);
    }
  }

  /** Bounds the staleness of draws from now on. */
  void maxStaleness(int steps) {
    if (running != null) {
      running.maxStaleness(steps);
    }
  }

  /** Admits no further draws, and ends every pause; what is in flight is learned. */
  void drain() {
    paused = Paused.NONE;
    services.watch().paused(paused);
    if (running != null) {
      running.drain();
    }
  }

  /** Abandons what is in flight. */
  void letGo() {
    if (running != null) {
      running.stop();
    }
  }

  /** The stream has ended by itself: draws no longer wait for a worker. */
  void ended() {
    if (pools != null) {
      context.unwatch(pools.samplers());
      context.unwatch(pools.scorers());
      pools.samplers().tell(new WorkerPool.Stop<>());
      pools.scorers().tell(new WorkerPool.Stop<>());
      pools = null;
    }
  }

  /** Stops everything at once; another learner may start it again, with its own proposal. */
  void stop() {
    learnerReady = null;
    confirmed = NOTHING_CONFIRMED;
    letGo();
    ended();
    running = null;
  }
}

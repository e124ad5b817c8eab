package io.tributary.run.life;

import io.tributary.config.TributaryConfig;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.Paused;
import io.tributary.data.ScoredDraw;
import io.tributary.protocol.LearnerCommand;
import io.tributary.protocol.LearnerCommand.BatchLearned;
import io.tributary.protocol.WorkerLost;
import io.tributary.run.watch.StreamMetrics;
import io.tributary.run.watch.StreamReport;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stream.PoolFlow;
import io.tributary.stream.PoolSettings;
import io.tributary.stream.RunningStream;
import io.tributary.stream.StreamPlan;
import io.tributary.stream.TrainingStream;
import io.tributary.stream.WorkerPool;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.stream.Materializer;
import org.jspecify.annotations.Nullable;

/** A stream with the pools that serve it, started and stopped together. */
final class PooledStream {
  private final ActorRef<WorkerPool.Command<DrawOrder, Draw>> samplerPool;
  private final ActorRef<WorkerPool.Command<Draw, ScoredDraw>> scorerPool;
  private final RunningStream stream;

  private PooledStream(
      ActorRef<WorkerPool.Command<DrawOrder, Draw>> samplerPool,
      ActorRef<WorkerPool.Command<Draw, ScoredDraw>> scorerPool,
      RunningStream stream) {
    this.samplerPool = samplerPool;
    this.scorerPool = scorerPool;
    this.stream = stream;
  }

  /**
   * Starts pools and stream.
   *
   * @param state the checkpoint to resume from; null for a new run
   * @param proposalVersion the proposal of the first draws
   * @param paused what is paused at the start
   * @param vocabulary size of the vocabulary
   * @param lambdas of the target, by feature
   * @param lost told of workers to replace
   */
  static PooledStream start(
      ActorContext<?> context,
      TributaryConfig config,
      @Nullable LearnerState state,
      long proposalVersion,
      Paused paused,
      int vocabulary,
      Map<String, Double> lambdas,
      ActorRef<LearnerCommand> learner,
      ActorRef<WorkerLost> lost,
      StreamMetrics metrics) {
    StreamPlan plan = plan(config, state, proposalVersion);
    StreamReport report = metrics.begin();
    ActorRef<WorkerPool.Command<DrawOrder, Draw>> samplerPool =
        context.spawnAnonymous(
            WorkerPool.create(
                PoolSettings.samplers(
                    config.samplers().batchSize(), vocabulary, config.stream().stallTimeout()),
                lost,
                report.samplers()));
    ActorRef<WorkerPool.Command<Draw, ScoredDraw>> scorerPool =
        context.spawnAnonymous(
            WorkerPool.create(
                PoolSettings.scorers(
                    config.target().features().size(), lambdas, config.stream().stallTimeout()),
                lost,
                report.scorers()));
    RunningStream stream =
        TrainingStream.run(
            plan,
            paused,
            new TrainingStream.Stages(
                PoolFlow.through(samplerPool),
                PoolFlow.through(scorerPool),
                batch -> {
                  CompletableFuture<BatchLearned> done = new CompletableFuture<>();
                  learner.tell(new LearnerCommand.Learn(batch, () -> report.used(batch), done));
                  return done;
                }),
            report,
            System::nanoTime,
            Materializer.createMaterializer(context.getSystem()));
    return new PooledStream(samplerPool, scorerPool, stream);
  }

  private static StreamPlan plan(
      TributaryConfig config, @Nullable LearnerState state, long proposalVersion) {
    return new StreamPlan(
        state == null ? 0 : state.nextDraw(),
        state == null ? config.bootstrapDraws() : 0,
        config.samplers().batchSize(),
        config.learner().batchSize(),
        config.stream().maxStalenessSteps(),
        config.stream().maxDropRate(),
        proposalVersion);
  }

  /** Completes or fails when the stream ends. */
  CompletionStage<Done> completion() {
    return stream.completion();
  }

  RunningStream stream() {
    return stream;
  }

  /** Stops the pools: draws no longer wait for a worker. */
  void stopPools() {
    samplerPool.tell(new WorkerPool.Stop<>());
    scorerPool.tell(new WorkerPool.Stop<>());
  }

  /** Ends stream and pools at once. */
  void stop() {
    stream.stop();
    stopPools();
  }
}

package io.tributary.run.life;

import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.DrawOrder;
import io.tributary.protocol.WorkerLost;
import io.tributary.run.assembly.FitSetup;
import io.tributary.run.watch.StreamMetrics;
import io.tributary.stage.fit.FittingProgress;
import io.tributary.stage.fit.TargetFitting;
import io.tributary.stream.FitStream;
import io.tributary.stream.PoolFlow;
import io.tributary.stream.PoolSettings;
import io.tributary.stream.WorkerPool;
import io.tributary.target.lambda.Fit;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.stream.Materializer;

/** A fit of lambda with the pools that serve it, started and stopped together. */
final class PooledFit {
  private final ActorRef<WorkerPool.Command<DrawOrder, Draw>> samplerPool;
  private final ActorRef<WorkerPool.Command<Draw, DrawFeatures>> scorerPool;
  private final FitStream stream;
  private final CompletionStage<Optional<Fit>> result;

  /**
   * Starts pools and stream.
   *
   * @param lost told of workers to replace
   */
  PooledFit(
      ActorContext<?> context,
      FitSetup setup,
      ActorRef<WorkerLost> lost,
      StreamMetrics metrics,
      FittingProgress progress) {
    Duration stallTimeout = setup.stream().stallTimeout();
    this.samplerPool =
        context.spawnAnonymous(
            WorkerPool.create(
                PoolSettings.samplers(setup.drawSequences(), setup.vocabulary(), stallTimeout),
                lost,
                metrics.fitSamplers()));
    this.scorerPool =
        context.spawnAnonymous(
            WorkerPool.create(
                PoolSettings.features(setup.target().features().size(), stallTimeout),
                lost,
                metrics.fitScorers()));
    TargetFitting fitting =
        new TargetFitting(
            setup.target(), setup.config(), setup.drawSequences(), setup.stream().maxDropRate());
    this.stream =
        new FitStream(
            setup.base().version().number(),
            new FitStream.Stages(
                PoolFlow.through(samplerPool),
                PoolFlow.through(scorerPool),
                fitting::wantedDraws,
                draw -> {
                  fitting.add(draw);
                  progress.drawn(fitting.drawnSequences(), fitting.wantedSequences());
                }),
            Materializer.createMaterializer(context.getSystem()));
    this.result = stream.run().thenApply(done -> fitting.result());
  }

  /** The fit; empty if it was stopped. Fails when the stream does. */
  CompletionStage<Optional<Fit>> result() {
    return result;
  }

  /** Ends stream and pools at once. */
  void stop() {
    stream.stop();
    samplerPool.tell(new WorkerPool.Stop<>());
    scorerPool.tell(new WorkerPool.Stop<>());
  }
}

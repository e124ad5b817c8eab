package io.tributary.stream;

import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.DrawOrder;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * The stream of numbered draws from the samplers through the scorers to the fit of lambda.
 *
 * <pre>
 * k = 0, 1, 2 …  ->  sample  ->  compute features  ->  fit
 *     ^                                                 |
 *     +---------------- further draws ------------------+
 * </pre>
 *
 * <p>Draws reach the fit in the order of their numbers, so lambda depends neither on the number of
 * samplers and scorers nor on their pace.
 */
public final class FitStream {
  private final long proposalVersion;
  private final int drawSequences;
  private final ActorRef<WorkerPool.Command<DrawOrder, Draw>> samplers;
  private final ActorRef<WorkerPool.Command<Draw, DrawFeatures>> scorers;
  private final IntSupplier wanted;
  private final Consumer<DrawFeatures> take;
  private final Materializer materializer;
  private final SharedKillSwitch end = KillSwitches.shared("fit");

  /**
   * @param proposalVersion version of the base model as a proposal
   * @param drawSequences sequences of a draw
   * @param samplers the pool that draws the sequences
   * @param scorers the pool that computes their features
   * @param wanted number of draws to make next; 0 ends the stream. Called at the start, and again
   *     when all of them have been taken
   * @param take takes each draw
   */
  public FitStream(
      long proposalVersion,
      int drawSequences,
      ActorRef<WorkerPool.Command<DrawOrder, Draw>> samplers,
      ActorRef<WorkerPool.Command<Draw, DrawFeatures>> scorers,
      IntSupplier wanted,
      Consumer<DrawFeatures> take,
      Materializer materializer) {
    this.proposalVersion = proposalVersion;
    this.drawSequences = drawSequences;
    this.samplers = samplers;
    this.scorers = scorers;
    this.wanted = wanted;
    this.take = take;
    this.materializer = materializer;
  }

  /** Runs until no more draws are wanted, until it is stopped, or until a stage fails. */
  public CompletionStage<Done> run() {
    return Source.unfoldAsync(0L, this::round).via(end.flow()).runWith(Sink.ignore(), materializer);
  }

  private CompletionStage<Optional<Pair<Long, Done>>> round(long first) {
    int draws = wanted.getAsInt();
    if (draws == 0) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return Source.range(0, draws - 1)
        .map(
            i ->
                new DrawOrder(first + i, proposalVersion, DrawOrder.Purpose.FITTING, drawSequences))
        .asSourceWithContext(order -> NotUsed.getInstance())
        .via(WorkerPool.flow(samplers))
        .via(WorkerPool.flow(scorers))
        .asSource()
        .via(end.flow())
        .runForeach(draw -> take.accept(draw.first()), materializer)
        .thenApply(done -> Optional.of(Pair.create(first + draws, done)));
  }

  /** Ends stream and pools at once; what is in flight is discarded. */
  public void stop() {
    end.shutdown();
    samplers.tell(new WorkerPool.Stop<>());
    scorers.tell(new WorkerPool.Stop<>());
  }
}

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
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.FlowWithContext;
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
  private final Stages stages;
  private final Materializer materializer;
  private final SharedKillSwitch end = KillSwitches.shared("fit");

  /**
   * The stages; the first two are usually {@link PoolFlow#through}.
   *
   * @param sample draws the sequences; keeps the order
   * @param score computes their features; keeps the order
   * @param wanted number of draws to make next; 0 ends the stream. Called at the start, and again
   *     when all of them have been taken
   * @param take takes each draw
   */
  public record Stages(
      FlowWithContext<DrawOrder, NotUsed, Draw, NotUsed, NotUsed> sample,
      FlowWithContext<Draw, NotUsed, DrawFeatures, NotUsed, NotUsed> score,
      IntSupplier wanted,
      Consumer<DrawFeatures> take) {}

  /**
   * @param proposalVersion version of the base model as a proposal
   */
  public FitStream(long proposalVersion, Stages stages, Materializer materializer) {
    this.proposalVersion = proposalVersion;
    this.stages = stages;
    this.materializer = materializer;
  }

  /** Runs until no more draws are wanted, until it is stopped, or until a stage fails. */
  public CompletionStage<Done> run() {
    return Source.unfoldAsync(0L, this::round).via(end.flow()).runWith(Sink.ignore(), materializer);
  }

  private CompletionStage<Optional<Pair<Long, Done>>> round(long first) {
    int wanted = stages.wanted().getAsInt();
    if (wanted == 0) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return Source.range(0, wanted - 1)
        .map(i -> new DrawOrder(first + i, proposalVersion, DrawOrder.Purpose.FITTING))
        .asSourceWithContext(order -> NotUsed.getInstance())
        .via(stages.sample())
        .via(stages.score())
        .asSource()
        .via(end.flow())
        .runForeach(draw -> stages.take().accept(draw.first()), materializer)
        .thenApply(done -> Optional.of(Pair.create(first + wanted, done)));
  }

  /** Ends at once; what is in flight is discarded. */
  public void stop() {
    end.shutdown();
  }
}

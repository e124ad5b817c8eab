package io.tributary.stream;

import io.tributary.data.Batch;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.Paused;
import io.tributary.data.ScoredDraw;
import io.tributary.protocol.LearnerCommand.BatchLearned;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.FlowWithContext;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * The stream of numbered draws from the samplers through the scorers to the learner.
 *
 * <pre>
 * k = 0, 1, 2 …  ->  gate  ->  sample  ->  score  ->  batches  ->  learn, one at a time
 *                     ^                                  |           |
 *                     +--------------- extend -----------+           |
 *                     +--------------- advance ----------------------+
 * </pre>
 *
 * <p>Samplers and scorers may work on many draws at once and finish in any order. The order of the
 * draws is kept, so batches do not depend on the number of workers. Only admission limits how many
 * draws are in flight.
 */
public final class TrainingStream {

  /**
   * The stages: usually {@link WorkerPool#flow} twice, and an ask to the learner.
   *
   * @param sample draws the sequences; keeps the order
   * @param score scores them; keeps the order
   * @param learn learns from a batch; its answer moves admission on
   */
  public record Stages(
      FlowWithContext<DrawOrder, AdmittedDraw, Draw, AdmittedDraw, NotUsed> sample,
      FlowWithContext<Draw, AdmittedDraw, ScoredDraw, AdmittedDraw, NotUsed> score,
      Function<Batch, CompletionStage<BatchLearned>> learn) {}

  private final StreamSettings settings;
  private final UniqueKillSwitch admission;
  private final UniqueKillSwitch end;
  private final CompletionStage<Done> completion;

  private TrainingStream(
      StreamSettings settings,
      UniqueKillSwitch admission,
      UniqueKillSwitch end,
      CompletionStage<Done> completion) {
    this.settings = settings;
    this.admission = admission;
    this.end = end;
    this.completion = completion;
  }

  /**
   * Starts the stream; it ends when the learner has finished, when it is stopped, or when it fails.
   *
   * @param paused what is paused at the start
   */
  public static TrainingStream start(
      StreamPlan plan,
      Paused paused,
      Stages stages,
      StreamListener listener,
      LongSupplier nanoTime,
      Materializer materializer) {
    StreamSettings settings = new StreamSettings(plan, paused);
    CompletableFuture<AdmissionGate.Control> gate = new CompletableFuture<>();
    return Source.unfold(plan.firstDraw(), k -> Optional.of(Pair.create(k + 1, k)))
        .viaMat(new AdmissionGate(settings, listener, nanoTime), Keep.right())
        .mapMaterializedValue(gate::complete)
        .viaMat(KillSwitches.single(), Keep.right())
        .asSourceWithContext(admitted -> admitted)
        .map(admitted -> admitted.order(plan.drawSequences()))
        .via(stages.sample())
        .via(stages.score())
        .asSource()
        .statefulMapConcat(
            () -> {
              Batching batching =
                  new Batching(
                      settings,
                      sequences -> tell(gate, control -> control.extend(sequences)),
                      listener,
                      nanoTime);
              return scored -> batching.add(scored.second(), scored.first());
            })
        .via(
            new LearnFlow(
                settings,
                stages.learn(),
                version -> tell(gate, control -> control.advance(version))))
        .viaMat(KillSwitches.single(), Keep.both())
        .toMat(
            Sink.ignore(),
            (switches, completion) ->
                new TrainingStream(settings, switches.first(), switches.second(), completion))
        .run(materializer);
  }

  /** The gate's control exists once the graph is materialised, perhaps after its first element. */
  private static void tell(
      CompletableFuture<AdmissionGate.Control> gate, Consumer<AdmissionGate.Control> message) {
    var unused = gate.thenAccept(message);
  }

  /**
   * Completes after the last step, a {@link #drain} or a {@link #stop}; fails with the cause when a
   * stage fails.
   */
  public CompletionStage<Done> completion() {
    return completion;
  }

  /**
   * Bounds the staleness of draws admitted from now on; those in flight are learned however stale
   * they get.
   */
  public void maxStaleness(int steps) {
    settings.maxStaleness(steps);
  }

  /**
   * Pauses these sides and resumes the others. While sampling is paused, what is in flight is
   * learned; while learning is paused, draws are made up to the bound on staleness.
   */
  public void pause(Paused sides) {
    settings.pause(sides);
  }

  /**
   * Admits no further draw and ends every pause; what is in flight is finished, and learned as far
   * as it fills batches.
   */
  public void drain() {
    admission.shutdown();
    settings.pause(Paused.NONE);
  }

  /** Ends at once and discards what is in flight. Also ends a drain that takes too long. */
  public void stop() {
    end.shutdown();
  }
}

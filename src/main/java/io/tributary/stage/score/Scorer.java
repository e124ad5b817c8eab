package io.tributary.stage.score;

import io.tributary.data.Draw;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.WorkClock;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.ScorerCommand.ComputeFeatures;
import io.tributary.protocol.ScorerCommand.Score;
import io.tributary.protocol.WorkerEvent;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** Scores draws, one at a time, on its own thread; stops when it fails, and is then replaced. */
public final class Scorer extends AbstractBehavior<ScorerCommand> {
  private final DrawScoring scoring;
  private final WorkClock clock;

  /**
   * A scorer; whoever starts it registers it with the receptionist.
   *
   * @param scoring makes the scorer's copy of the base model; called on the scorer's thread
   * @param clock makes the clock whose time goes along with results
   */
  public static Behavior<ScorerCommand> create(
      Supplier<DrawScoring> scoring, Supplier<WorkClock> clock) {
    return Behaviors.setup(context -> new Scorer(context, scoring.get(), clock.get()));
  }

  private Scorer(ActorContext<ScorerCommand> context, DrawScoring scoring, WorkClock clock) {
    super(context);
    context.setLoggerName(Scorer.class);
    this.scoring = scoring;
    this.clock = clock;
    clock.waitFor(BlockedReason.INPUT);
  }

  @Override
  public Receive<ScorerCommand> createReceive() {
    return newReceiveBuilder()
        .onMessage(
            Score.class,
            it ->
                work(
                    it.draw(),
                    it.replyTo(),
                    progress -> scoring.score(it.draw(), it.lambdas(), progress)))
        .onMessage(
            ComputeFeatures.class,
            it -> work(it.draw(), it.replyTo(), progress -> scoring.features(it.draw(), progress)))
        .onSignal(PostStop.class, signal -> onEnd())
        .build();
  }

  private <R> Behavior<ScorerCommand> work(
      Draw draw, ActorRef<WorkerEvent<R>> replyTo, Function<Runnable, R> computation) {
    clock.work();
    var progressed = new WorkerEvent.Progressed<R>(draw.number(), getContext().getSelf());
    R result = computation.apply(() -> replyTo.tell(progressed));
    clock.waitFor(BlockedReason.INPUT);
    replyTo.tell(
        new WorkerEvent.Finished<>(draw.number(), getContext().getSelf(), result, clock.take()));
    return this;
  }

  private Behavior<ScorerCommand> onEnd() {
    clock.close();
    scoring.close();
    return this;
  }
}

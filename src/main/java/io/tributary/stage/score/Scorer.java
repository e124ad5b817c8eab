package io.tributary.stage.score;

import io.tributary.data.ScoredDraw;
import io.tributary.metrics.BlockedReason;
import io.tributary.metrics.WorkClock;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.ScorerCommand.Score;
import io.tributary.protocol.WorkerEvent;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.receptionist.Receptionist;

/** Scores draws, one at a time, on its own thread; stops when it fails, and is replaced. */
public final class Scorer extends AbstractBehavior<ScorerCommand> {
  private final DrawScoring scoring;
  private final WorkClock clock;

  /**
   * A scorer, which registers itself with the receptionist.
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
    context
        .getSystem()
        .receptionist()
        .tell(Receptionist.register(ScorerCommand.KEY, context.getSelf()));
  }

  @Override
  public Receive<ScorerCommand> createReceive() {
    return newReceiveBuilder()
        .onMessage(Score.class, this::onScore)
        .onSignal(PreRestart.class, signal -> onEnd())
        .onSignal(PostStop.class, signal -> onEnd())
        .build();
  }

  private Behavior<ScorerCommand> onScore(Score command) {
    clock.work();
    var progressed =
        new WorkerEvent.Progressed<ScoredDraw>(command.draw().number(), getContext().getSelf());
    ScoredDraw scored =
        scoring.score(
            command.draw(),
            (sequence, e) ->
                getContext()
                    .getLog()
                    .warn(
                        "sequence {} of draw {} is dropped: {}",
                        sequence.index(),
                        sequence.draw(),
                        e.getMessage(),
                        e),
            () -> command.replyTo().tell(progressed));
    clock.waitFor(BlockedReason.INPUT);
    command
        .replyTo()
        .tell(
            new WorkerEvent.Finished<>(
                command.draw().number(), getContext().getSelf(), scored, clock.take()));
    return this;
  }

  private Behavior<ScorerCommand> onEnd() {
    clock.close();
    scoring.close();
    return this;
  }
}

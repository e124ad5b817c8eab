package io.tributary.stage.score;

import io.tributary.data.ScoredDraw;
import io.tributary.metrics.BlockedReason;
import io.tributary.metrics.StageMetrics;
import io.tributary.metrics.Wait;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.ScorerCommand.Score;
import io.tributary.protocol.WorkerEvent;
import java.time.Duration;
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
  private final StageMetrics metrics;
  private Wait wait;

  /**
   * A scorer, which registers itself with the receptionist.
   *
   * @param scoring makes the scorer's copy of the base model; called on the scorer's thread
   */
  public static Behavior<ScorerCommand> create(
      Supplier<DrawScoring> scoring, StageMetrics metrics) {
    return Behaviors.setup(context -> new Scorer(context, scoring.get(), metrics));
  }

  private Scorer(ActorContext<ScorerCommand> context, DrawScoring scoring, StageMetrics metrics) {
    super(context);
    context.setLoggerName(Scorer.class);
    this.scoring = scoring;
    this.metrics = metrics;
    this.wait = metrics.waitsFor(BlockedReason.INPUT);
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
    wait.end();
    long start = System.nanoTime();
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
    metrics.busy(Duration.ofNanos(System.nanoTime() - start));
    wait = metrics.waitsFor(BlockedReason.INPUT);
    command
        .replyTo()
        .tell(new WorkerEvent.Finished<>(command.draw().number(), getContext().getSelf(), scored));
    return this;
  }

  private Behavior<ScorerCommand> onEnd() {
    wait.end();
    scoring.close();
    return this;
  }
}

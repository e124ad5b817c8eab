package io.tributary.stage.sample;

import io.tributary.data.Draw;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.WorkClock;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.SamplerCommand.DrawSequences;
import io.tributary.protocol.SamplerCommand.TakeOver;
import io.tributary.protocol.SamplerCommand.TakenOver;
import io.tributary.protocol.WorkerEvent;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/**
 * Draws sequences from the proposal, one draw at a time; between draws it loads new weights.
 *
 * <p>It computes on its own thread and stops when it fails: the pool gives its draw to another, and
 * the guardian replaces it.
 */
public final class Sampler extends AbstractBehavior<SamplerCommand> {
  private final ProposalSampling sampling;
  private final WorkClock clock;
  private @Nullable DrawSequences postponed;

  /**
   * A sampler; whoever starts it registers it with the receptionist.
   *
   * @param sampling makes the sampler's copy of the model; called on the sampler's thread
   * @param clock makes the clock whose time goes along with results
   */
  public static Behavior<SamplerCommand> create(
      Supplier<ProposalSampling> sampling, Supplier<WorkClock> clock) {
    return Behaviors.setup(context -> new Sampler(context, sampling.get(), clock.get()));
  }

  private Sampler(
      ActorContext<SamplerCommand> context, ProposalSampling sampling, WorkClock clock) {
    super(context);
    context.setLoggerName(Sampler.class);
    this.sampling = sampling;
    this.clock = clock;
    clock.waitFor(BlockedReason.ADMISSION);
  }

  @Override
  public Receive<SamplerCommand> createReceive() {
    return newReceiveBuilder()
        .onMessage(DrawSequences.class, this::onDrawSequences)
        .onMessage(TakeOver.class, this::onTakeOver)
        .onSignal(PostStop.class, signal -> onEnd())
        .build();
  }

  private Behavior<SamplerCommand> onDrawSequences(DrawSequences command) {
    if (!command.order().allows(sampling.version())) {
      postponed = command;
      clock.waitFor(BlockedReason.WEIGHTS);
      return this;
    }
    draw(command);
    return this;
  }

  private Behavior<SamplerCommand> onTakeOver(TakeOver command) {
    WeightVersion version = sampling.takeOver(command.proposal());
    getContext().getLog().debug("took over proposal {}", version);
    command
        .replyTo()
        .tell(new TakenOver(getContext().getSelf(), version.number(), version.fingerprint()));
    DrawSequences waiting = postponed;
    if (waiting != null && waiting.order().allows(sampling.version())) {
      postponed = null;
      draw(waiting);
    }
    return this;
  }

  private void draw(DrawSequences command) {
    clock.work();
    long number = command.order().number();
    var progressed = new WorkerEvent.Progressed<Draw>(number, getContext().getSelf());
    Draw draw = sampling.draw(command.order(), () -> command.replyTo().tell(progressed));
    clock.waitFor(BlockedReason.ADMISSION);
    command
        .replyTo()
        .tell(new WorkerEvent.Finished<>(number, getContext().getSelf(), draw, clock.take()));
  }

  private Behavior<SamplerCommand> onEnd() {
    clock.close();
    sampling.close();
    return this;
  }
}

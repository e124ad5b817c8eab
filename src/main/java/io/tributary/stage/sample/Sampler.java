package io.tributary.stage.sample;

import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.WeightSnapshot;
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
  private @Nullable WeightSnapshot newest;
  private @Nullable WeightVersion held;

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
    WeightSnapshot proposal = proposal(command.order());
    if (proposal == null) {
      postponed = command;
      clock.waitFor(BlockedReason.WEIGHTS);
    } else {
      draw(command, proposal);
    }
    return this;
  }

  /** What to draw with; null if it is yet to come. */
  private @Nullable WeightSnapshot proposal(DrawOrder order) {
    if (order.begunWith() != null) {
      return order.begunWith();
    }
    return newest != null && order.allows(newest.version().number()) ? newest : null;
  }

  private Behavior<SamplerCommand> onTakeOver(TakeOver command) {
    newest = command.proposal();
    WeightVersion version = load(newest);
    getContext().getLog().debug("took over proposal {}", version);
    command
        .replyTo()
        .tell(new TakenOver(getContext().getSelf(), version.number(), version.fingerprint()));
    DrawSequences waiting = postponed;
    WeightSnapshot proposal = waiting == null ? null : proposal(waiting.order());
    if (waiting != null && proposal != null) {
      postponed = null;
      draw(waiting, proposal);
    }
    return this;
  }

  private WeightVersion load(WeightSnapshot proposal) {
    held = sampling.takeOver(proposal);
    return held;
  }

  private void draw(DrawSequences command, WeightSnapshot proposal) {
    if (command.order().begunWith() != null) {
      require(proposal);
    }
    clock.work();
    long number = command.order().number();
    command.replyTo().tell(new WorkerEvent.Begun<>(number, getContext().getSelf(), proposal));
    var progressed = new WorkerEvent.Progressed<Draw>(number, getContext().getSelf());
    Draw draw = sampling.draw(command.order(), () -> command.replyTo().tell(progressed));
    clock.waitFor(BlockedReason.ADMISSION);
    command
        .replyTo()
        .tell(new WorkerEvent.Finished<>(number, getContext().getSelf(), draw, clock.take()));
    if (newest != null && !newest.version().equals(proposal.version())) {
      load(newest); // further draws are made with the newest again
    }
  }

  /** Holds exactly this proposal. */
  private void require(WeightSnapshot proposal) {
    WeightVersion wanted = proposal.version();
    if (!wanted.equals(held) && !wanted.equals(load(proposal))) {
      throw new IllegalStateException("loaded %s, expected %s".formatted(held, wanted));
    }
  }

  private Behavior<SamplerCommand> onEnd() {
    clock.close();
    sampling.close();
    return this;
  }
}

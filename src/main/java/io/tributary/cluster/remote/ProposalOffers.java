package io.tributary.cluster.remote;

import io.tributary.cluster.remote.RemoteWorker.Publish;
import io.tributary.cluster.remote.RemoteWorker.Published;
import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.data.DrawOrder;
import io.tributary.data.WeightSnapshot;
import io.tributary.protocol.SamplerCommand.TakeOver;
import io.tributary.protocol.SamplerCommand.TakenOver;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Offers the newest proposal to a sampler's slot until the slot holds it, and decides with which
 * proposal a draw begins. For the thread of the actor whose timers it uses.
 */
final class ProposalOffers {
  /** An offer is made again after this time. */
  static final Duration AGAIN = Duration.ofSeconds(5);

  /** An offer is to be made again. */
  enum OfferDue {
    INSTANCE
  }

  private final ActorRef<Object> worker;
  private final ActorRef<ToSlot> slot;
  private final ActorRef<Publish> files;
  private final TimerScheduler<Object> timers;
  private @Nullable TakeOver wanted;
  private @Nullable WeightSnapshot fetched;
  private ToSlot.@Nullable Offer offer;

  /**
   * @param worker the actor, which is the sampler to the publisher
   */
  ProposalOffers(
      ActorRef<Object> worker,
      ActorRef<ToSlot> slot,
      ActorRef<Publish> files,
      TimerScheduler<Object> timers) {
    this.worker = worker;
    this.slot = slot;
    this.files = files;
    this.timers = timers;
  }

  /**
   * The proposal that a draw is to be made with: that of its first attempt, or the newest that the
   * slot can begin with at once, or else the newest. Null if that is not known yet.
   */
  @Nullable WeightSnapshot proposalFor(DrawOrder order) {
    if (order.begunWith() != null) {
      return order.begunWith();
    }
    if (fetched != null && order.allows(fetched.version().number())) {
      return fetched;
    }
    WeightSnapshot newest = wanted == null ? null : wanted.proposal();
    return newest != null && order.allows(newest.version().number()) ? newest : null;
  }

  /** The sampler shall take this over. */
  void takeOver(TakeOver command) {
    long version = command.proposal().version().number();
    if (fetched != null && fetched.version().number() > version) {
      fetched = null; // of a learner that has gone back to its checkpoint
    }
    wanted = command;
    offer = null;
    publish(command);
  }

  private void publish(TakeOver command) {
    files.tell(new Publish(command.proposal(), worker.narrow()));
    timers.startSingleTimer(OfferDue.INSTANCE, AGAIN);
  }

  /** There is a file of some version. */
  void published(Published published) {
    TakeOver command = wanted;
    if (command != null
        && offer == null
        && timers.isTimerActive(OfferDue.INSTANCE) // otherwise the slot holds them already
        && command.proposal().version().number() == published.version()) {
      offer =
          new ToSlot.Offer(
              ToSlot.Proposal.of(command.proposal(), published.file()), worker.narrow());
      offer();
    }
  }

  private void offer() {
    if (offer != null) {
      slot.tell(offer);
      timers.startSingleTimer(OfferDue.INSTANCE, AGAIN);
    }
  }

  /** To be called when an {@link OfferDue} comes. */
  void again() {
    if (offer != null) {
      offer();
    } else if (wanted != null) { // it takes long to write the file, or has failed
      publish(wanted);
    }
  }

  /** The slot can begin its next draw with this version. */
  void fetched(long version) {
    if (wanted != null && wanted.proposal().version().number() == version) {
      fetched = wanted.proposal();
    }
  }

  /** The slot's sampler holds this. */
  void holds(FromSlot.Holds holds) {
    TakeOver command = wanted;
    if (command == null) {
      return;
    }
    fetched(holds.version());
    command.replyTo().tell(new TakenOver(worker.narrow(), holds.version(), holds.fingerprint()));
    if (offer != null && holds.version() == offer.proposal().version()) {
      offer = null;
      timers.cancel(OfferDue.INSTANCE);
    }
  }
}

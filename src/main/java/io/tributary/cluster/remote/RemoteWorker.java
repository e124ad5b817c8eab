package io.tributary.cluster.remote;

import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.LeaseId;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.WeightSnapshot;
import io.tributary.metrics.Label.Stage;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.SamplerCommand.DrawSequences;
import io.tributary.protocol.SamplerCommand.TakeOver;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.ScorerCommand.ComputeFeatures;
import io.tributary.protocol.ScorerCommand.Score;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.jspecify.annotations.Nullable;

/**
 * A sampler or scorer on another machine. For pool and publisher it is like one of this process; it
 * passes work on as leases to its slot, and weights by way of its node.
 *
 * <p>While its machine can't be reached it has given its work back and is not registered, so that
 * it gets none. It stops with its node, or when it is retired and has finished what it had.
 */
public final class RemoteWorker extends AbstractBehavior<Object> {

  /** What a node tells its workers. */
  sealed interface FromNode {}

  /** Whether the slot may be given work. */
  enum Availability implements FromNode {
    AVAILABLE,
    /** It ends what it has, and gets no more. */
    LEAVING,
    /** What it has is given to others. */
    UNREACHABLE
  }

  /** It takes no more work, and stops when it has none. */
  enum Retire implements FromNode {
    INSTANCE
  }

  /** Its pool has given it up, since it was silent or returned something invalid. */
  public record GivenUp(String reason) {}

  /** These weights shall be made a file. */
  public record Publish(WeightSnapshot proposal, ActorRef<Published> replyTo) {}

  /** The weights of this version are a file. */
  public record Published(long version, Manifest file) {}

  private enum FileDue {
    INSTANCE
  }

  private enum GiveBackDue {
    INSTANCE
  }

  private enum EndDue {
    INSTANCE
  }

  private enum PauseEnds {
    INSTANCE
  }

  /** The file of a draw's proposal is asked for again after this time, so that it is kept. */
  private static final Duration FILE_AGAIN = Duration.ofSeconds(5);

  /** Work that comes while the slot can't be reached, or is retired, is given back after this. */
  private static final Duration GIVE_BACK = Duration.ofSeconds(1);

  /** So many failures in a row are a reason to start its node anew. */
  private static final int MAX_FAILURES = 3;

  /** One that is retired and idle stops after this time: its pool may not yet know that it is. */
  private static final Duration REST = Duration.ofSeconds(5);

  private final Registration registration;
  private final Leases leases;
  private final LeaseKeeper keeper;
  private final ActorRef<ToSlot> slot;
  private final TimerScheduler<Object> timers;
  private final ActorRef<Publish> files;
  private final ActorRef<NodeLink.Command> link;
  private final NodeRecord record;
  private final ProposalOffers offers;
  private @Nullable PoolWork<?> work;
  private @Nullable DrawOrder order; // of the work, if it is a draw
  private boolean leased;

  /** A sampler's. */
  static Behavior<SamplerCommand> sampler(
      Leases leases,
      ActorRef<ToSlot> slot,
      ActorRef<Publish> files,
      ActorRef<NodeLink.Command> link,
      NodeRecord record) {
    return of(SamplerCommand.KEY, leases, slot, files, link, record).narrow();
  }

  /** A scorer's. */
  static Behavior<ScorerCommand> scorer(
      Leases leases,
      ActorRef<ToSlot> slot,
      ActorRef<Publish> files,
      ActorRef<NodeLink.Command> link,
      NodeRecord record) {
    return of(ScorerCommand.KEY, leases, slot, files, link, record).narrow();
  }

  private static <C> Behavior<Object> of(
      ServiceKey<C> key,
      Leases leases,
      ActorRef<ToSlot> slot,
      ActorRef<Publish> files,
      ActorRef<NodeLink.Command> link,
      NodeRecord record) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new RemoteWorker(context, timers, key, leases, slot, files, link, record)));
  }

  private <C> RemoteWorker(
      ActorContext<Object> context,
      TimerScheduler<Object> timers,
      ServiceKey<C> key,
      Leases leases,
      ActorRef<ToSlot> slot,
      ActorRef<Publish> files,
      ActorRef<NodeLink.Command> link,
      NodeRecord record) {
    super(context);
    context.setLoggerName(RemoteWorker.class);
    this.registration =
        new Registration(context.getSystem().receptionist(), key, context.getSelf().<C>narrow());
    this.leases = leases;
    this.keeper = new LeaseKeeper(slot, timers);
    this.files = files;
    this.link = link;
    this.record = record;
    this.slot = slot;
    this.offers = new ProposalOffers(context.getSelf(), slot, files, timers);
    this.timers = timers;
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(DrawSequences.class, command -> then(() -> draw(command)))
        .onMessage(Score.class, command -> then(() -> score(command)))
        .onMessage(ComputeFeatures.class, command -> then(() -> computeFeatures(command)))
        .onMessage(TakeOver.class, command -> then(() -> takeOver(command)))
        .onMessage(Published.class, published -> then(() -> published(published)))
        .onMessage(FileDue.class, due -> then(this::fileDue))
        .onMessage(ProposalOffers.OfferDue.class, due -> then(offers::again))
        .onMessage(FromSlot.Fetched.class, it -> then(() -> offers.fetched(it.version())))
        .onMessage(FromSlot.Holds.class, holds -> then(() -> holds(holds)))
        .onMessage(GivenUp.class, given -> then(() -> sendNodeAway(given.reason())))
        .onMessage(PauseEnds.class, end -> then(this::pauseEnds))
        .onMessage(Availability.class, now -> then(() -> available(now)))
        .onMessage(Retire.class, retire -> then(this::retire))
        .onMessage(EndDue.class, due -> work == null ? Behaviors.stopped() : this)
        .onMessage(FromSlot.Report.class, report -> then(() -> hear(report)))
        .onMessage(GiveBackDue.class, due -> then(this::giveBackLate))
        .onMessage(LeaseKeeper.Resend.class, due -> then(() -> resend(due)))
        .build();
  }

  private Behavior<Object> then(Runnable action) {
    action.run();
    return this;
  }

  private void draw(DrawSequences command) {
    order = registration.takesWork() ? command.order() : null;
    begin(PoolWork.of(command, getContext().getSelf()));
    beginDraw();
  }

  /** Decides on the proposal: not the slot, so that it can't depend on what becomes of the draw. */
  private void beginDraw() {
    DrawOrder asked = order;
    WeightSnapshot proposal = asked == null || leased ? null : offers.proposalFor(asked);
    if (asked != null && proposal != null && work != null) {
      order = asked.begunWith(proposal);
      work.begun(proposal);
      askForFile();
    }
  }

  private void askForFile() {
    WeightSnapshot proposal = order == null ? null : order.begunWith();
    if (proposal != null) {
      files.tell(new Publish(proposal, getContext().getSelf().narrow()));
      timers.startSingleTimer(FileDue.INSTANCE, FILE_AGAIN);
    }
  }

  private void fileDue() {
    if (work != null && !leased) {
      work.progressed(); // it is the trainer's disk that the draw waits for
    }
    askForFile();
  }

  private void published(Published published) {
    offers.published(published);
    DrawOrder begun = order;
    WeightSnapshot proposal = begun == null ? null : begun.begunWith();
    if (begun != null
        && proposal != null
        && !leased
        && proposal.version().number() == published.version()) {
      leased = true;
      keeper.lease(
          new ToSlot.DrawLease(
              id(begun.purpose(), begun.number()),
              begun,
              ToSlot.Proposal.of(proposal, published.file()),
              reports()));
    }
  }

  private void score(Score command) {
    Draw draw = command.draw();
    begin(PoolWork.of(command, getContext().getSelf()));
    lease(
        new ToSlot.ScoreLease(
            id(draw.purpose(), draw.number()), draw, command.lambdas(), reports()));
  }

  private void computeFeatures(ComputeFeatures command) {
    Draw draw = command.draw();
    begin(PoolWork.of(command, getContext().getSelf()));
    lease(new ToSlot.FeaturesLease(id(draw.purpose(), draw.number()), draw, reports()));
  }

  private void begin(PoolWork<?> next) {
    work = next;
    if (!registration.stands()) { // the pool has not yet heard of that
      timers.startSingleTimer(GiveBackDue.INSTANCE, GIVE_BACK);
    }
  }

  private void lease(ToSlot.Lease lease) {
    if (registration.takesWork()) {
      keeper.lease(lease);
    }
  }

  private LeaseId id(DrawOrder.Purpose purpose, long number) {
    return leases.next(purpose, number);
  }

  private ActorRef<FromSlot> reports() {
    return getContext().getSelf().narrow();
  }

  private void resend(LeaseKeeper.Resend due) {
    if (keeper.resend(due)) {
      record.resent();
    }
  }

  private void hear(FromSlot.Report report) {
    record.heard();
    PoolWork<?> current = work;
    if (keeper.hear(report) && current != null) {
      hear(current, report);
    }
  }

  private void hear(PoolWork<?> current, FromSlot.Report report) {
    if (report instanceof FromSlot.Progress) {
      current.progressed();
    } else if (report instanceof FromSlot.Failed failed) {
      giveBack(current, failed.reason(), failed.tried());
      pause(failed.reason());
    } else if (report instanceof FromSlot.Result result) {
      audit(result);
      end();
      record.finished(result instanceof FromSlot.Drawn ? Stage.SAMPLER : Stage.SCORER, result);
      finish(current, result);
      restIfRetired();
    }
  }

  private void audit(FromSlot.Result result) {
    WeightSnapshot proposal = order == null ? null : order.begunWith();
    if (result instanceof FromSlot.Drawn drawn && proposal != null) {
      link.tell(new NodeLink.Drawn(drawn.draw(), proposal));
    }
  }

  private void end() {
    work = null;
    order = null;
    leased = false;
    timers.cancel(FileDue.INSTANCE);
  }

  private void finish(PoolWork<?> finished, FromSlot.Result result) {
    try {
      finished.finished(result);
      registration.succeeded();
    } catch (IllegalArgumentException e) {
      String reason = "returned something else: " + e.getMessage();
      giveBack(finished, reason, true);
      sendNodeAway("one of its samplers or scorers " + reason);
    }
  }

  private void giveBack(PoolWork<?> given, String reason, boolean failed) {
    end();
    given.givenBack(reason, failed ? link.path().name() : null);
    restIfRetired();
  }

  private void takeOver(TakeOver command) {
    offers.takeOver(command);
    beginDraw(); // which may have come earlier
  }

  private void holds(FromSlot.Holds holds) {
    record.heard();
    record.holds(slot, holds.version());
    offers.holds(holds);
  }

  private void sendNodeAway(String reason) {
    link.tell(new NodeLink.Dismiss(reason));
  }

  /** Others get the work, and this one the time to recover. */
  private void pause(String reason) {
    timers.startSingleTimer(PauseEnds.INSTANCE, registration.failed());
    if (registration.failures() >= MAX_FAILURES) {
      sendNodeAway(
          "one of its samplers or scorers failed %d times in a row: %s"
              .formatted(registration.failures(), reason));
    }
  }

  private void pauseEnds() {
    giveBack(true, "has failed"); // what came amid the pause
    registration.pauseEnds();
  }

  private void available(Availability now) {
    registration.available(now);
    giveBack(now == Availability.UNREACHABLE, "can't be reached");
    if (now == Availability.LEAVING && work != null) {
      timers.startSingleTimer(GiveBackDue.INSTANCE, GIVE_BACK);
    }
  }

  private void retire() {
    registration.retire();
    restIfRetired();
  }

  private void restIfRetired() {
    if (registration.retired() && work == null) {
      timers.startSingleTimer(EndDue.INSTANCE, REST);
    }
  }

  private void giveBackLate() {
    Availability now = registration.availability();
    giveBack(now == Availability.UNREACHABLE, "can't be reached");
    giveBack(now == Availability.LEAVING && !keeper.isHeard(), "leaves");
    giveBack(registration.retired() && !keeper.isHeard(), "is not needed any more");
  }

  private void giveBack(boolean wanted, String reason) {
    PoolWork<?> given = work;
    if (given != null && wanted) {
      keeper.forget();
      giveBack(given, reason, false);
    }
  }
}

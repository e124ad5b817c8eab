package io.tributary.cluster.slot;

import static io.tributary.testing.stream.Draws.draw;
import static io.tributary.testing.stream.Draws.score;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.slot.WeightCache.Fetch;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.LeaseId;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.DrawOrder;
import io.tributary.data.DrawOrder.Purpose;
import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.SamplerCommand.DrawSequences;
import io.tributary.protocol.SamplerCommand.TakeOver;
import io.tributary.protocol.SamplerCommand.TakenOver;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.WorkerEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlotTest {
  private static final WorkTime TIME = WorkTime.busy(Duration.ofSeconds(3));
  private static final WeightSnapshot WEIGHTS = weights(3);
  private static final Manifest FILE = Manifest.of("weights", 0, 8, List.of());
  private static ActorTestKit kit;
  private static ManualTime time;

  /** What a worker was told, and which worker. */
  private record Told<C>(ActorRef<C> worker, C command) {}

  private static final class OutOfMemory extends RuntimeException {
    private static final long serialVersionUID = 1;

    OutOfMemory() {
      super("out of memory");
    }
  }

  /** Makes a worker fail. */
  private static final DrawSequences FATAL =
      new DrawSequences(new DrawOrder(-1, 0, Purpose.TRAINING, 1), null);

  private TestProbe<Told<SamplerCommand>> samplers;
  private TestProbe<Told<ScorerCommand>> scorers;
  private TestProbe<Fetch> cache;
  private TestProbe<FromSlot> trainer;
  private final List<Object> observed = new CopyOnWriteArrayList<>();
  private final SlotListener listener =
      new SlotListener() {
        @Override
        public void ended(SlotKind kind, FromSlot.Result result) {
          observed.add(kind);
          observed.add(result);
        }

        @Override
        public void holds(long version) {
          observed.add(version);
        }
      };
  private ActorRef<ToSlot> slot;
  private ActorRef<ToSlot> scoring;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create(ManualTime.config());
    time = ManualTime.get(kit.system());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void spawn() {
    samplers = kit.createTestProbe();
    scorers = kit.createTestProbe();
    cache = kit.createTestProbe(Fetch.class);
    trainer = kit.createTestProbe(FromSlot.class);
    slot =
        kit.spawn(
            Slot.create(
                SlotWork.sampling(listener),
                () -> worker(samplers.getRef()),
                cache.getRef(),
                DispatcherSelector.sameAsParent()));
    scoring =
        kit.spawn(
            Slot.create(
                SlotWork.scoring(listener),
                () -> worker(scorers.getRef()),
                null,
                DispatcherSelector.sameAsParent()));
    hold(3, WEIGHTS);
  }

  @AfterEach
  void stopSlots() {
    kit.stop(slot);
    kit.stop(scoring);
  }

  private static <C> Behavior<C> worker(ActorRef<Told<C>> probe) {
    return Behaviors.receive(
        (context, command) -> {
          if (command == FATAL) {
            throw new OutOfMemory();
          }
          probe.tell(new Told<>(context.getSelf(), command));
          return Behaviors.same();
        });
  }

  private static LeaseId id(long lease) {
    return new LeaseId(77, lease, Purpose.TRAINING, 7);
  }

  private static DrawOrder order(long number) {
    return new DrawOrder(number, 3, Purpose.TRAINING, 2);
  }

  private ToSlot.DrawLease lease(long lease) {
    return lease(lease, 3);
  }

  private ToSlot.DrawLease lease(long lease, long version) {
    return new ToSlot.DrawLease(id(lease), order(7), proposal(version), trainer.getRef());
  }

  private static ToSlot.Proposal proposal(long version) {
    return new ToSlot.Proposal(version, "print " + version, FILE, 0);
  }

  private DrawSequences expectOrder() {
    Told<SamplerCommand> told = samplers.receiveMessage();
    assertThat(told.command()).isInstanceOf(DrawSequences.class);
    return (DrawSequences) told.command();
  }

  private void finish(DrawSequences command) {
    command
        .replyTo()
        .tell(
            new WorkerEvent.Finished<>(
                command.order().number(), samplers.getRef(), draw(command.order()), TIME));
  }

  private void expectReceived(long lease) {
    trainer.expectMessage(new FromSlot.Received(id(lease)));
  }

  private void expectDrawn(long lease) {
    FromSlot.Drawn drawn = trainer.expectMessageClass(FromSlot.Drawn.class);
    assertThat(drawn.id()).isEqualTo(id(lease));
    assertThat(drawn.time()).isEqualTo(TIME);
    assertThat(drawn.draw()).usingRecursiveComparison().isEqualTo(draw(order(7)));
  }

  /** Returns when the slot has handled all that it has been told. */
  private void settle() {
    TestProbe<FromSlot> other = kit.createTestProbe(FromSlot.class);
    slot.tell(new ToSlot.DrawLease(id(-1), order(7), proposal(3), other.getRef()));
    other.expectMessage(new FromSlot.Received(id(-1)));
  }

  private void drawUntilResult(long lease) {
    slot.tell(lease(lease));
    expectReceived(lease);
    finish(expectOrder());
    expectDrawn(lease);
  }

  @Test
  void aLeaseIsReceivedDoneAndReported() {
    slot.tell(lease(1));
    expectReceived(1);
    DrawSequences command = expectOrder();
    assertThat(command.order()).isEqualTo(order(7).begunWith(WEIGHTS));
    finish(command);

    expectDrawn(1);
    assertThat(observed).hasSize(3).startsWith(3L, SlotKind.SAMPLER);
    assertThat(observed.get(2)).isInstanceOf(FromSlot.Drawn.class);
  }

  @Test
  void aLeaseThatComesAgainIsDoneOnce() {
    slot.tell(lease(1));
    slot.tell(lease(1));
    slot.tell(lease(1));
    for (int i = 0; i < 3; i++) {
      expectReceived(1);
    }
    finish(expectOrder());
    expectDrawn(1);

    slot.tell(lease(1));

    expectDrawn(1);
    samplers.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aResultIsReportedUntilItIsAccepted() {
    drawUntilResult(1);
    for (int i = 0; i < 3; i++) {
      time.timePasses(Slot.RESEND);
      expectDrawn(1);
    }

    slot.tell(new ToSlot.Accepted(id(1)));
    settle();
    time.timePasses(Slot.RESEND.multipliedBy(5));

    trainer.expectNoMessage(Duration.ZERO);
  }

  @Test
  void theAcceptanceOfAnotherResultIsIgnored() {
    drawUntilResult(2);

    slot.tell(new ToSlot.Accepted(id(1)));
    slot.tell(lease(2));

    expectDrawn(2);
  }

  @Test
  void theNextLeaseMeansThatTheResultOfTheFormerHasArrived() {
    drawUntilResult(1);
    slot.tell(lease(2));
    expectReceived(2);
    expectOrder();

    time.timePasses(Slot.RESEND.multipliedBy(5));

    trainer.expectNoMessage(Duration.ZERO);
  }

  @Test
  void whatIsNotWantedAnyMoreIsEndedButNotReported() {
    slot.tell(lease(1));
    expectReceived(1);
    DrawSequences unwanted = expectOrder();
    slot.tell(lease(2));
    slot.tell(lease(3));
    expectReceived(2);
    expectReceived(3);
    samplers.expectNoMessage(Duration.ZERO);

    finish(unwanted);
    finish(expectOrder());

    expectDrawn(3);
    samplers.expectNoMessage(Duration.ZERO);
  }

  @Test
  void progressIsOfTheLeaseThatIsWanted() {
    slot.tell(lease(1));
    expectReceived(1);
    DrawSequences unwanted = expectOrder();
    slot.tell(lease(2));
    expectReceived(2);

    unwanted.replyTo().tell(new WorkerEvent.Progressed<>(7, samplers.getRef()));

    trainer.expectMessage(new FromSlot.Progress(id(2)));
  }

  @Test
  void progressIsToldOnceASecondAtMost() {
    slot.tell(lease(1));
    expectReceived(1);
    DrawSequences command = expectOrder();
    for (int i = 0; i < 100; i++) {
      command.replyTo().tell(new WorkerEvent.Progressed<>(7, samplers.getRef()));
    }
    finish(command);

    trainer.expectMessage(new FromSlot.Progress(id(1)));
    expectDrawn(1);
  }

  @Test
  void aSamplerThatFailsIsReplacedAndItsWorkHasFailed() {
    slot.tell(lease(1));
    expectReceived(1);
    Told<SamplerCommand> victim = samplers.receiveMessage();
    victim.worker().tell(FATAL);

    FromSlot.Failed failed = trainer.expectMessageClass(FromSlot.Failed.class);
    assertThat(failed.id()).isEqualTo(id(1));
    assertThat(failed.reason()).contains("out of memory");
    slot.tell(new ToSlot.Accepted(id(1)));
    slot.tell(lease(2));
    expectReceived(2);
    expectTakeOver(WEIGHTS);
    Told<SamplerCommand> heir = samplers.receiveMessage();
    assertThat(heir.worker()).isNotEqualTo(victim.worker());
    finish((DrawSequences) heir.command());

    expectDrawn(2);
  }

  @Test
  void aFailureIsReportedUntilItIsAcceptedToo() {
    slot.tell(lease(1));
    expectReceived(1);
    samplers.receiveMessage().worker().tell(FATAL);
    trainer.expectMessageClass(FromSlot.Failed.class);
    expectTakeOver(WEIGHTS);

    time.timePasses(Slot.RESEND);
    trainer.expectMessageClass(FromSlot.Failed.class);
    slot.tell(lease(1));

    trainer.expectMessageClass(FromSlot.Failed.class);
    samplers.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aFailureOfWhatIsNotWantedAnyMoreIsNotReported() {
    slot.tell(lease(1));
    expectReceived(1);
    Told<SamplerCommand> victim = samplers.receiveMessage();
    slot.tell(lease(2));
    expectReceived(2);

    victim.worker().tell(FATAL);
    expectTakeOver(WEIGHTS);
    finish(expectOrder());

    expectDrawn(2);
  }

  @Test
  void scoresThatNoMessageHasRoomForAreAFailureThatSaysSo() {
    Draw draw = draw(order(7));
    scoring.tell(new ToSlot.ScoreLease(id(1), draw, Map.of(), trainer.getRef()));
    expectReceived(1);
    ScorerCommand.Score command = (ScorerCommand.Score) scorers.receiveMessage().command();
    ScoredSequence large =
        new ScoredSequence(draw.sequences().get(0), "x".repeat(9 << 20), new double[0], -1, -1);
    command
        .replyTo()
        .tell(
            new WorkerEvent.Finished<>(
                7, scorers.getRef(), new ScoredDraw(7, List.of(large), 0), TIME));

    FromSlot.Failed failed = trainer.expectMessageClass(FromSlot.Failed.class);
    assertThat(failed.tried()).isTrue();
    assertThat(failed.reason()).startsWith("its scores take 9,4").contains("samplers.batch-size");
  }

  @Test
  void aScorersResultsAreSentWithoutTheSequences() {
    Draw draw = draw(order(7));
    ScoredDraw scored = score(draw, Set.of(0));
    scoring.tell(new ToSlot.ScoreLease(id(1), draw, Map.of("word", 0.5), trainer.getRef()));
    expectReceived(1);
    ScorerCommand.Score command = (ScorerCommand.Score) scorers.receiveMessage().command();
    assertThat(command.lambdas()).isEqualTo(Map.of("word", 0.5));
    assertThat(command.draw()).isEqualTo(draw);
    command.replyTo().tell(new WorkerEvent.Finished<>(7, scorers.getRef(), scored, TIME));

    FromSlot.Scored result = trainer.expectMessageClass(FromSlot.Scored.class);
    assertThat(result.id()).isEqualTo(id(1));
    assertThat(result.dropped()).isEqualTo(1);
    assertThat(result.scores())
        .singleElement()
        .usingRecursiveComparison()
        .isEqualTo(
            new FromSlot.Score(
                1,
                "text",
                new double[] {1},
                -1,
                scored.sequences().get(0).tokenLogBases(),
                new double[0],
                scored.sequences().get(0).logTarget(),
                scored.sequences().get(0).decidedAt()));
  }

  @Test
  void aScorerComputesFeatures() {
    DrawFeatures features = new DrawFeatures(7, List.of(new double[] {1}), 1);
    scoring.tell(new ToSlot.FeaturesLease(id(1), draw(order(7)), trainer.getRef()));
    expectReceived(1);
    var command = (ScorerCommand.ComputeFeatures) scorers.receiveMessage().command();
    command.replyTo().tell(new WorkerEvent.Finished<>(7, scorers.getRef(), features, TIME));

    trainer.expectMessage(new FromSlot.Featured(id(1), features, TIME));
  }

  private static WeightSnapshot weights(long version) {
    return new WeightSnapshot(new WeightVersion(version, "print " + version), List.of());
  }

  @Test
  void aSamplerThatFailsAgainAndAgainIsNotReplaced() {
    TestProbe<Object> watcher = kit.createTestProbe();
    Told<SamplerCommand> last = null;
    for (int failure = 1; failure <= 3; failure++) {
      slot.tell(lease(failure));
      expectReceived(failure);
      if (failure > 1) {
        expectTakeOver(WEIGHTS);
      }
      last = samplers.receiveMessage();
      if (failure < 3) {
        last.worker().tell(FATAL);
        trainer.expectMessageClass(FromSlot.Failed.class);
      }
    }
    last.worker().tell(FATAL);
    watcher.expectTerminated(slot);
  }

  @Test
  void aDrawThatWaitsForWeightsMakesProgressWhileTheyArrive() {
    slot.tell(lease(1, 4));
    expectReceived(1);
    Fetch fetch = cache.receiveMessage();
    fetch.replyTo().tell(WeightCache.Arriving.INSTANCE);
    trainer.expectMessage(new FromSlot.Progress(id(1)));

    fetch.replyTo().tell(weights(4));

    finish(expectOrder());
    expectDrawn(1);
  }

  @Test
  void aDrawWhoseWeightsCanNotBeHadHasNotBeenTried() {
    slot.tell(lease(1, 4));
    expectReceived(1);
    Fetch fetch = cache.receiveMessage();

    fetch.replyTo().tell(new WeightCache.Unavailable(proposal(4), "cut off"));

    trainer.expectMessage(
        new FromSlot.Failed(id(1), "can't fetch its proposal: cut off", WorkTime.NONE, false));
    samplers.expectNoMessage(Duration.ZERO);
  }

  @Test
  void weightsThatWereLoadedWronglyAreLoadedAgainWhenTheyAreOfferedAgain() {
    offer(4);
    Fetch fetch = expectFetch(4);
    WeightSnapshot weights = weights(4);
    fetch.replyTo().tell(weights);
    trainer.expectMessage(new FromSlot.Fetched(4));
    Told<SamplerCommand> told = expectTakeOver(weights);
    ((TakeOver) told.command())
        .replyTo()
        .tell(new TakenOver(told.worker(), 4, "of something else"));
    trainer.expectMessage(new FromSlot.Holds(4, "of something else"));

    offer(4);

    expectTakeOver(weights);
  }

  private void offer(long version) {
    slot.tell(new ToSlot.Offer(proposal(version), trainer.getRef()));
  }

  private Fetch expectFetch(long version) {
    Fetch fetch = cache.receiveMessage();
    assertThat(fetch).isEqualTo(new Fetch(proposal(version), false, fetch.replyTo()));
    return fetch;
  }

  private Told<SamplerCommand> expectTakeOver(WeightSnapshot weights) {
    Told<SamplerCommand> told = samplers.receiveMessage();
    assertThat(((TakeOver) told.command()).proposal()).isSameAs(weights);
    return told;
  }

  private static void taken(Told<SamplerCommand> told, long version) {
    ((TakeOver) told.command())
        .replyTo()
        .tell(new TakenOver(told.worker(), version, "print " + version));
  }

  private Told<SamplerCommand> hold(long version, WeightSnapshot weights) {
    offer(version);
    expectFetch(version).replyTo().tell(weights);
    trainer.expectMessage(new FromSlot.Fetched(version));
    Told<SamplerCommand> told = expectTakeOver(weights);
    taken(told, version);
    trainer.expectMessage(new FromSlot.Holds(version, "print " + version));
    return told;
  }

  @Test
  void offeredWeightsAreFetchedAndTakenOver() {
    hold(4, weights(4));
  }

  @Test
  void whatTheSamplerHasReallyLoadedIsReported() {
    offer(4);
    WeightSnapshot weights = weights(4);
    expectFetch(4).replyTo().tell(weights);
    trainer.expectMessage(new FromSlot.Fetched(4));
    Told<SamplerCommand> told = expectTakeOver(weights);

    ((TakeOver) told.command()).replyTo().tell(new TakenOver(told.worker(), 4, "something else"));

    trainer.expectMessage(new FromSlot.Holds(4, "something else"));
  }

  @Test
  void anOfferOfWeightsThatAreHeldIsAnsweredAtOnce() {
    hold(4, weights(4));

    offer(4);

    trainer.expectMessage(new FromSlot.Holds(4, "print 4"));
    cache.expectNoMessage(Duration.ZERO);
    samplers.expectNoMessage(Duration.ZERO);
  }

  @Test
  void weightsThatAreBeingLoadedAreNotLoadedTwice() {
    WeightSnapshot weights = weights(4);
    offer(4);
    Fetch fetch = expectFetch(4);
    offer(4);
    expectFetch(4); // of which the cache makes one
    fetch.replyTo().tell(weights);
    fetch.replyTo().tell(weights);
    trainer.expectMessage(new FromSlot.Fetched(4));
    Told<SamplerCommand> told = expectTakeOver(weights);
    offer(4);
    trainer.expectMessage(new FromSlot.Fetched(4));

    taken(told, 4);

    trainer.expectMessage(new FromSlot.Holds(4, "print 4"));
    samplers.expectNoMessage(Duration.ZERO);
    cache.expectNoMessage(Duration.ZERO);
  }

  @Test
  void weightsThatComeAfterNewerOnesWereOfferedAreNotLoaded() {
    offer(5);
    Fetch older = expectFetch(5);
    hold(4, weights(4)); // by a learner that went back

    older.replyTo().tell(weights(5));
    settle();

    samplers.expectNoMessage(Duration.ZERO);
  }

  private Fetch expectFetchForDraw(long version) {
    Fetch fetch = cache.receiveMessage();
    assertThat(fetch).isEqualTo(new Fetch(proposal(version), true, fetch.replyTo()));
    return fetch;
  }

  @Test
  void aDrawThatWasBegunWithAnotherProposalIsMadeWithThat() {
    WeightSnapshot former = weights(2);
    slot.tell(lease(1, 2));
    expectReceived(1);
    Fetch fetch = expectFetchForDraw(2);
    samplers.expectNoMessage(Duration.ZERO);
    fetch.replyTo().tell(former);

    DrawSequences command = expectOrder();
    assertThat(command.order()).isEqualTo(order(7).begunWith(former));
    finish(command);

    expectDrawn(1);
    trainer.expectNoMessage(Duration.ZERO); // in particular, it doesn't hold that as the newest
  }

  @Test
  void weightsThatADrawWaitsForAreFetchedAgainWithItsLease() {
    slot.tell(lease(1, 2));
    slot.tell(lease(1, 2));
    expectFetchForDraw(2);
    expectFetchForDraw(2).replyTo().tell(weights(2));

    finish(expectOrder());
  }

  @Test
  void aLeaseThatWaitsForWeightsIsGivenUpForTheNext() {
    slot.tell(lease(1, 2));
    expectReceived(1);
    Fetch unwanted = expectFetchForDraw(2);
    slot.tell(lease(2));
    expectReceived(2);
    unwanted.replyTo().tell(weights(2));

    finish(expectOrder());
    expectDrawn(2);
    samplers.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aDrawThatWaitsForTheNewestWeightsIsMadeWhenTheyAreLoaded() {
    offer(4);
    Fetch fetch = expectFetch(4);
    slot.tell(lease(1, 4));
    expectReceived(1);
    expectFetchForDraw(4);
    WeightSnapshot newest = weights(4);
    fetch.replyTo().tell(newest);
    trainer.expectMessage(new FromSlot.Fetched(4));

    expectTakeOver(newest);
    assertThat(expectOrder().order()).isEqualTo(order(7).begunWith(newest));
  }

  @Test
  void theSamplerThatReplacesAFailedOneGetsTheWeights() {
    WeightSnapshot weights = weights(4);
    Told<SamplerCommand> victim = hold(4, weights);
    victim.worker().tell(FATAL);

    Told<SamplerCommand> heir = expectTakeOver(weights);
    assertThat(heir.worker()).isNotEqualTo(victim.worker());
    taken(heir, 4);

    trainer.expectMessage(new FromSlot.Holds(4, "print 4"));
  }

  @Test
  void weightsAreFetchedWhileADrawIsBeingMade() {
    slot.tell(lease(1));
    expectReceived(1);
    DrawSequences command = expectOrder();
    hold(4, weights(4));
    finish(command);
    expectDrawn(1);
  }

  @Test
  void aScorersSlotIgnoresOffers() {
    scoring.tell(new ToSlot.Offer(proposal(4), trainer.getRef()));
    scoring.tell(new ToSlot.FeaturesLease(id(1), draw(order(7)), trainer.getRef()));

    expectReceived(1);
    cache.expectNoMessage(Duration.ZERO);
  }

  private void retire() {
    slot.<Object>unsafeUpcast().tell(Slot.Retire.INSTANCE);
  }

  @Test
  void aSlotThatRetiresStopsAtOnceIfItHasNothing() {
    retire();
    trainer.expectTerminated(slot);
  }

  @Test
  void aSlotThatRetiresStopsWhenItsResultIsAccepted() {
    slot.tell(lease(1));
    expectReceived(1);
    DrawSequences command = expectOrder();
    retire();
    finish(command);
    expectDrawn(1);
    time.timePasses(Slot.RESEND);
    expectDrawn(1);

    slot.tell(new ToSlot.Accepted(id(1)));

    trainer.expectTerminated(slot);
  }

  @Test
  void aSlotThatIsReleasedKeepsNoResult() {
    slot.tell(lease(1));
    expectReceived(1);
    finish(expectOrder());
    expectDrawn(1);

    slot.tell(new ToSlot.Release("fewer"));

    trainer.expectTerminated(slot);
  }

  @Test
  void aSlotThatIsReleasedWhileItWorksStopsAfterwards() {
    slot.tell(lease(1));
    expectReceived(1);
    DrawSequences command = expectOrder();
    slot.tell(new ToSlot.Release("fewer"));
    finish(command);

    trainer.expectTerminated(slot);
    trainer.expectNoMessage(Duration.ZERO);
  }
}

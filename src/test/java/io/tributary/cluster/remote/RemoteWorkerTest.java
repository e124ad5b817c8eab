package io.tributary.cluster.remote;

import static io.tributary.testing.stream.Draws.draw;
import static io.tributary.testing.stream.Draws.score;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.remote.RemoteWorker.Availability;
import io.tributary.cluster.remote.RemoteWorker.Publish;
import io.tributary.cluster.remote.RemoteWorker.Published;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.DrawOrder;
import io.tributary.data.DrawOrder.Purpose;
import io.tributary.data.ScoredDraw;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.SamplerCommand.TakeOver;
import io.tributary.protocol.SamplerCommand.TakenOver;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.WorkerEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RemoteWorkerTest {
  private static final long EPOCH = 77;
  private static final WorkTime TIME = WorkTime.busy(Duration.ofSeconds(3));
  private static final DrawOrder ORDER = new DrawOrder(7, 3, Purpose.TRAINING, 2);
  private static final Draw DRAW = draw(ORDER);
  private static final Manifest FILE = Manifest.of("4.safetensors", 0, 8, List.of());
  private static ActorTestKit kit;
  private static ManualTime time;

  private TestProbe<ToSlot> slot;
  private TestProbe<Publish> files;
  private TestProbe<NodeLink.Command> link;
  private TestProbe<Object> pool;
  private TestProbe<TakenOver> publisher;
  private ActorRef<SamplerCommand> sampler;
  private boolean holding;
  private ActorRef<ScorerCommand> scorer;

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
    slot = kit.createTestProbe(ToSlot.class);
    files = kit.createTestProbe(Publish.class);
    link = kit.createTestProbe(NodeLink.Command.class);
    pool = kit.createTestProbe(Object.class);
    publisher = kit.createTestProbe(TakenOver.class);
    Leases leases = new Leases(EPOCH);
    NodeRecord record = TestRecord.of(kit);
    sampler =
        kit.spawn(
            RemoteWorker.sampler(leases, slot.getRef(), files.getRef(), link.getRef(), record));
    scorer =
        kit.spawn(
            RemoteWorker.scorer(leases, slot.getRef(), files.getRef(), link.getRef(), record));
  }

  @AfterEach
  void stopWorkers() {
    kit.stop(sampler);
    kit.stop(scorer);
  }

  /** The slot can draw with proposal 3. */
  private void hold() {
    ToSlot.Offer offer = offered(3);
    offer.replyTo().tell(new FromSlot.Holds(3, "print 3"));
    publisher.receiveMessage();
    holding = true;
  }

  private void order(DrawOrder order) {
    if (!holding) {
      hold();
    }
    tellOrder(order);
    expectBegun(3);
  }

  private void tellOrder(DrawOrder order) {
    sampler.tell(new SamplerCommand.DrawSequences(order, pool.getRef().unsafeUpcast()));
  }

  /** The draw is begun with this proposal, whose file is there. */
  private void expectBegun(long version) {
    pool.expectMessage(new WorkerEvent.Begun<>(7, sampler, weights(version)));
    Publish publish = files.receiveMessage();
    assertThat(publish.proposal()).isEqualTo(weights(version));
    publish.replyTo().tell(new Published(version, FILE));
  }

  private ToSlot.DrawLease expectDrawLease() {
    return slot.expectMessageClass(ToSlot.DrawLease.class);
  }

  private static void report(ToSlot.Lease lease, FromSlot report) {
    lease.replyTo().tell(report);
  }

  private void expectFinished(ActorRef<?> worker, Object result) {
    var finished = pool.expectMessageClass(WorkerEvent.Finished.class);
    assertThat(finished).isEqualTo(new WorkerEvent.Finished<>(7, worker, finished.result(), TIME));
    assertThat(finished.result()).usingRecursiveComparison().isEqualTo(result);
  }

  private void expectGivenBack(ActorRef<?> worker, String reason, boolean failed) {
    pool.expectMessage(
        new WorkerEvent.GivenBack<>(
            7, worker, reason, failed ? link.getRef().path().name() : null));
  }

  /** Returns when the sampler has handled all that it has been told. */
  private void settle() {
    tell(new RemoteWorker.GivenUp("so that it answers"));
    while (!(link.receiveMessage() instanceof NodeLink.Dismiss)) {
      // what it has drawn is told too
    }
  }

  private void tell(Object message) {
    ActorRef<Object> any = sampler.unsafeUpcast();
    any.tell(message);
  }

  private static <C> boolean isRegistered(ServiceKey<C> key, ActorRef<C> worker) {
    TestProbe<Receptionist.Listing> found = kit.createTestProbe(Receptionist.Listing.class);
    kit.system().receptionist().tell(Receptionist.find(key, found.getRef()));
    return found.receiveMessage().getServiceInstances(key).contains(worker);
  }

  @Test
  void aDrawIsLeasedAndItsResultIsThePools() {
    order(ORDER);
    ToSlot.DrawLease lease = expectDrawLease();
    assertThat(lease.order()).isEqualTo(ORDER.begunWith(weights(3)));
    assertThat(lease.proposal()).isEqualTo(new ToSlot.Proposal(3, "print 3", FILE, 0));
    assertThat(lease.id().epoch()).isEqualTo(EPOCH);
    assertThat(lease.id().number()).isEqualTo(7);
    assertThat(lease.id().purpose()).isEqualTo(Purpose.TRAINING);

    report(lease, new FromSlot.Drawn(lease.id(), DRAW, TIME));

    expectFinished(sampler, DRAW);
    slot.expectMessage(new ToSlot.Accepted(lease.id()));
    link.expectMessage(new NodeLink.Drawn(DRAW, weights(3)));
  }

  @Test
  void scoresAreJoinedWithTheSequencesOfTheirDraw() {
    ScoredDraw expected = score(DRAW, Set.of(0));
    scorer.tell(new ScorerCommand.Score(DRAW, Map.of("word", 0.5), pool.getRef().unsafeUpcast()));
    ToSlot.ScoreLease lease = slot.expectMessageClass(ToSlot.ScoreLease.class);
    assertThat(lease.lambdas()).isEqualTo(Map.of("word", 0.5));
    assertThat(lease.draw()).isEqualTo(DRAW);

    var of = expected.sequences().get(0);
    report(
        lease,
        new FromSlot.Scored(
            lease.id(),
            List.of(
                new FromSlot.Score(
                    1,
                    of.text(),
                    of.features(),
                    of.logBase(),
                    of.tokenLogBases(),
                    of.milestoneBases(),
                    of.logTarget(),
                    of.decidedAt())),
            1,
            TIME));

    expectFinished(scorer, expected);
  }

  @Test
  void scoresOfASequenceThatTheDrawDoesNotHaveAreAFailure() {
    scorer.tell(new ScorerCommand.Score(DRAW, Map.of(), pool.getRef().unsafeUpcast()));
    ToSlot.ScoreLease lease = slot.expectMessageClass(ToSlot.ScoreLease.class);

    report(
        lease,
        new FromSlot.Scored(
            lease.id(),
            List.of(
                new FromSlot.Score(
                    2, "", new double[1], -1, new double[] {-1}, new double[0], -1, 1)),
            1,
            TIME));

    var given = pool.expectMessageClass(WorkerEvent.GivenBack.class);
    assertThat(given.failedOn()).isNotNull();
    assertThat(given.reason()).startsWith("returned something else");
    slot.expectMessage(new ToSlot.Accepted(lease.id()));
  }

  @Test
  void aResultOfAnotherKindIsAFailure() {
    order(ORDER);
    ToSlot.DrawLease lease = expectDrawLease();

    report(lease, new FromSlot.Scored(lease.id(), List.of(), 2, TIME));

    assertThat(pool.expectMessageClass(WorkerEvent.GivenBack.class).failedOn()).isNotNull();
    assertThat(link.expectMessageClass(NodeLink.Dismiss.class).reason())
        .contains("returned something else: ");
  }

  @Test
  void featuresAreLeasedAndReturned() {
    DrawFeatures features = new DrawFeatures(7, List.of(new double[] {1}, new double[] {0}), 0);
    scorer.tell(new ScorerCommand.ComputeFeatures(DRAW, pool.getRef().unsafeUpcast()));
    ToSlot.FeaturesLease lease = slot.expectMessageClass(ToSlot.FeaturesLease.class);
    assertThat(lease.draw()).isEqualTo(DRAW);

    report(lease, new FromSlot.Featured(lease.id(), features, TIME));

    expectFinished(scorer, features);
  }

  @Test
  void aLeaseOfWhichNothingIsHeardIsSentAgain() {
    order(ORDER);
    ToSlot.DrawLease lease = expectDrawLease();

    time.timePasses(LeaseKeeper.RESEND);
    slot.expectMessage(lease);
    time.timePasses(LeaseKeeper.RESEND);
    slot.expectMessage(lease);

    report(lease, new FromSlot.Drawn(lease.id(), DRAW, TIME));
    slot.expectMessage(new ToSlot.Accepted(lease.id()));
    time.timePasses(LeaseKeeper.REMIND.multipliedBy(3));
    settle();
    slot.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aLeaseThatTheSlotHasIsNotSentAgainSoon() {
    order(ORDER);
    ToSlot.DrawLease lease = expectDrawLease();
    report(lease, new FromSlot.Progress(lease.id()));
    pool.expectMessageClass(WorkerEvent.Progressed.class);

    time.timePasses(LeaseKeeper.REMIND.minusMillis(1));
    settle();
    slot.expectNoMessage(Duration.ZERO);
    time.timePasses(Duration.ofMillis(1));

    slot.expectMessage(lease);
  }

  @Test
  void progressIsToldToThePoolButNotThatTheLeaseHasArrived() {
    order(ORDER);
    ToSlot.DrawLease lease = expectDrawLease();

    report(lease, new FromSlot.Received(lease.id()));
    report(lease, new FromSlot.Progress(lease.id()));

    pool.expectMessage(new WorkerEvent.Progressed<>(7, sampler));
    settle();
    pool.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aResultThatComesTwiceIsAcknowledgedTwiceAndCountsOnce() {
    order(ORDER);
    ToSlot.DrawLease lease = expectDrawLease();

    report(lease, new FromSlot.Drawn(lease.id(), DRAW, TIME));
    report(lease, new FromSlot.Drawn(lease.id(), DRAW, TIME));

    slot.expectMessage(new ToSlot.Accepted(lease.id()));
    slot.expectMessage(new ToSlot.Accepted(lease.id()));
    expectFinished(sampler, DRAW);
    settle();
    pool.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aResultOfAFormerLeaseIsAcknowledgedAndIgnored() {
    order(ORDER);
    ToSlot.DrawLease former = expectDrawLease();
    tell(Availability.UNREACHABLE);
    expectGivenBack(sampler, "can't be reached", false);
    tell(Availability.AVAILABLE);
    order(ORDER);
    ToSlot.DrawLease present = expectDrawLease();
    assertThat(present.id()).isNotEqualTo(former.id());

    report(former, new FromSlot.Progress(former.id()));
    report(former, new FromSlot.Drawn(former.id(), DRAW, TIME));
    slot.expectMessage(new ToSlot.Accepted(former.id()));
    settle();
    pool.expectNoMessage(Duration.ZERO);
    report(present, new FromSlot.Drawn(present.id(), DRAW, TIME));

    expectFinished(sampler, DRAW);
    slot.expectMessage(new ToSlot.Accepted(present.id()));
  }

  @Test
  void aFailureIsGivenBackAsOne() {
    order(ORDER);
    ToSlot.DrawLease lease = expectDrawLease();

    report(lease, new FromSlot.Failed(lease.id(), "out of memory", TIME, true));

    expectGivenBack(sampler, "out of memory", true);
    slot.expectMessage(new ToSlot.Accepted(lease.id()));
  }

  @Test
  void afterAFailureItGetsNoWorkForAMoment() {
    order(ORDER);
    ToSlot.DrawLease lease = expectDrawLease();
    report(lease, new FromSlot.Failed(lease.id(), "out of memory", TIME, true));
    expectGivenBack(sampler, "out of memory", true);
    slot.expectMessage(new ToSlot.Accepted(lease.id()));
    expectRegistered(false);
    tellOrder(ORDER); // the pool has not heard of it
    settle();
    slot.expectNoMessage(Duration.ZERO);

    time.timePasses(Duration.ofSeconds(1));

    expectGivenBack(sampler, "has failed", false);
    expectRegistered(true);
    link.expectNoMessage(Duration.ZERO);
  }

  @Test
  void threeFailuresInARowAreAReasonToStartTheNodeAnew() {
    for (int failure = 1; failure <= 3; failure++) {
      link.expectNoMessage(Duration.ZERO);
      order(ORDER);
      ToSlot.DrawLease lease = expectDrawLease();
      report(lease, new FromSlot.Failed(lease.id(), "out of memory", TIME, true));
      expectGivenBack(sampler, "out of memory", true);
      slot.expectMessage(new ToSlot.Accepted(lease.id()));
      time.timePasses(Duration.ofSeconds(2));
    }
    link.expectMessage(
        new NodeLink.Dismiss(
            "one of its samplers or scorers failed 3 times in a row: out of memory"));
  }

  @Test
  void workThatComesAsTheNodeLeavesGoesToOthersUnlessItsSlotHasIt() {
    tell(Availability.LEAVING);
    order(ORDER);
    expectDrawLease();
    time.timePasses(Duration.ofSeconds(1));
    expectGivenBack(sampler, "leaves", false);
  }

  @Test
  void workThatASlotHasIsFinishedAsTheNodeLeaves() {
    order(ORDER);
    ToSlot.DrawLease lease = expectDrawLease();
    report(lease, new FromSlot.Received(lease.id()));
    tell(Availability.LEAVING);
    time.timePasses(Duration.ofSeconds(1));
    report(lease, new FromSlot.Drawn(lease.id(), DRAW, TIME));
    expectFinished(sampler, DRAW);
  }

  private void expectRegistered(boolean expected) {
    pool.awaitAssert(
        () -> {
          assertThat(isRegistered(SamplerCommand.KEY, sampler)).isEqualTo(expected);
          return null;
        });
  }

  @Test
  void itIsRegisteredWhileItIsAvailable() {
    expectRegistered(true);
    tell(Availability.UNREACHABLE);
    expectRegistered(false);
    tell(Availability.AVAILABLE);
    expectRegistered(true);
  }

  @Test
  void whatCanNotBeReachedGivesItsWorkBackWithoutHavingFailed() {
    order(ORDER);
    expectDrawLease();

    tell(Availability.UNREACHABLE);

    expectGivenBack(sampler, "can't be reached", false);
  }

  @Test
  void workThatIsGivenBackIsNotLeasedAgain() {
    order(ORDER);
    expectDrawLease();
    tell(Availability.UNREACHABLE);
    expectGivenBack(sampler, "can't be reached", false);

    tell(Availability.AVAILABLE);
    time.timePasses(LeaseKeeper.RESEND);

    settle();
    slot.expectNoMessage(Duration.ZERO);
  }

  /** The pool hears of the registration's end later than of the work that comes back. */
  @Test
  void workThatComesWhileItCanNotBeReachedIsGivenBackAfterAMoment() {
    tell(Availability.UNREACHABLE);
    order(ORDER);
    settle();
    pool.expectNoMessage(Duration.ZERO);

    time.timePasses(Duration.ofSeconds(1));

    expectGivenBack(sampler, "can't be reached", false);
  }

  @Test
  void workThatComesWhileItCanNotBeReachedIsDoneIfItIsBackInTime() {
    tell(Availability.UNREACHABLE);
    order(ORDER);
    ToSlot.DrawLease lost = expectDrawLease();
    tell(Availability.AVAILABLE);
    settle();

    time.timePasses(LeaseKeeper.RESEND);
    slot.expectMessage(lost);
    report(lost, new FromSlot.Drawn(lost.id(), DRAW, TIME));

    expectFinished(sampler, DRAW);
  }

  @Test
  void whatLeavesEndsWhatItHasAndIsNotRegistered() {
    order(ORDER);
    ToSlot.DrawLease lease = expectDrawLease();

    tell(Availability.LEAVING);
    expectRegistered(false);
    settle();
    pool.expectNoMessage(Duration.ZERO);
    report(lease, new FromSlot.Drawn(lease.id(), DRAW, TIME));

    expectFinished(sampler, DRAW);
  }

  @Test
  void oneThatItsPoolHasGivenUpTellsItsNode() {
    tell(new RemoteWorker.GivenUp("it hangs"));
    link.expectMessage(new NodeLink.Dismiss("it hangs"));
  }

  private static WeightSnapshot weights(long version) {
    return new WeightSnapshot(new WeightVersion(version, "print " + version), List.of());
  }

  private ToSlot.Offer offered(long version) {
    WeightSnapshot weights = weights(version);
    sampler.tell(new TakeOver(weights, publisher.getRef()));
    Publish publish = files.receiveMessage();
    assertThat(publish.proposal()).isSameAs(weights);
    publish.replyTo().tell(new Published(version, FILE));
    ToSlot.Offer offer = slot.expectMessageClass(ToSlot.Offer.class);
    assertThat(offer)
        .isEqualTo(
            new ToSlot.Offer(
                new ToSlot.Proposal(version, "print " + version, FILE, 0), offer.replyTo()));
    return offer;
  }

  @Test
  void weightsAreOfferedUntilTheyAreHeld() {
    ToSlot.Offer offer = offered(4);
    for (int i = 0; i < 3; i++) {
      time.timePasses(Duration.ofSeconds(5));
      slot.expectMessage(offer);
    }

    offer.replyTo().tell(new FromSlot.Holds(4, "what was loaded"));
    TakenOver taken = publisher.receiveMessage();
    assertThat(taken).isEqualTo(new TakenOver(sampler, 4, "what was loaded"));
    time.timePasses(Duration.ofMinutes(1));

    settle();
    slot.expectNoMessage(Duration.ZERO);
  }

  @Test
  void weightsThatCouldNotBeWrittenAreAskedForAgain() {
    sampler.tell(new TakeOver(weights(4), publisher.getRef()));
    files.receiveMessage();
    time.timePasses(Duration.ofSeconds(5));
    Publish again = files.receiveMessage();

    again.replyTo().tell(new Published(4, FILE));
    again.replyTo().tell(new Published(4, FILE)); // both have been answered after all

    assertThat(slot.expectMessageClass(ToSlot.Offer.class).proposal().version()).isEqualTo(4);
    settle();
    slot.expectNoMessage(Duration.ZERO);
  }

  @Test
  void weightsThatAreHeldAreNotAskedForAgain() {
    ToSlot.Offer offer = offered(4);
    offer.replyTo().tell(new FromSlot.Holds(4, "print 4"));
    publisher.receiveMessage();

    time.timePasses(Duration.ofMinutes(1));
    settle();

    files.expectNoMessage(Duration.ZERO);
  }

  @Test
  void onlyTheNewestWeightsAreOffered() {
    sampler.tell(new TakeOver(weights(4), publisher.getRef()));
    sampler.tell(new TakeOver(weights(5), publisher.getRef()));
    Publish older = files.receiveMessage();
    Publish newer = files.receiveMessage();

    newer.replyTo().tell(new Published(5, FILE));
    older.replyTo().tell(new Published(4, FILE));

    assertThat(slot.expectMessageClass(ToSlot.Offer.class).proposal().version()).isEqualTo(5);
    settle();
    slot.expectNoMessage(Duration.ZERO);
  }

  @Test
  void olderWeightsThatAreHeldDoNotEndTheOffer() {
    ToSlot.Offer offer = offered(5);

    offer.replyTo().tell(new FromSlot.Holds(4, "print 4"));
    publisher.expectMessage(new TakenOver(sampler, 4, "print 4"));
    time.timePasses(Duration.ofSeconds(5));

    slot.expectMessage(offer);
  }

  @Test
  void aDrawBeginsWithTheNewestProposalThatTheSlotHasFetched() {
    hold();
    offered(4);
    tellOrder(ORDER);
    expectBegun(3);
    ToSlot.DrawLease lease = expectDrawLease();
    report(lease, new FromSlot.Fetched(4)); // while it draws
    report(lease, new FromSlot.Drawn(lease.id(), DRAW, TIME));
    expectFinished(sampler, DRAW);
    slot.expectMessage(new ToSlot.Accepted(lease.id()));

    tellOrder(ORDER);

    expectBegun(4);
    assertThat(expectDrawLease().proposal().version()).isEqualTo(4);
  }

  @Test
  void aDrawForWhichWhatTheSlotHasIsTooOldBeginsWithTheNewest() {
    hold();
    offered(4);

    tellOrder(new DrawOrder(7, 4, Purpose.TRAINING, 2));

    expectBegun(4);
    assertThat(expectDrawLease().proposal().version()).isEqualTo(4);
  }

  @Test
  void aDrawThatComesBeforeItsProposalWaitsForIt() {
    tellOrder(new DrawOrder(7, 4, Purpose.TRAINING, 2));
    settle();
    pool.expectNoMessage(Duration.ZERO);

    offered(4);

    expectBegun(4);
    assertThat(expectDrawLease().proposal().version()).isEqualTo(4);
  }

  @Test
  void aDrawThatWasBegunElsewhereIsLeasedWithTheSameProposal() {
    hold();

    tellOrder(ORDER.begunWith(weights(2)));

    expectBegun(2);
    ToSlot.DrawLease lease = expectDrawLease();
    assertThat(lease.proposal()).isEqualTo(new ToSlot.Proposal(2, "print 2", FILE, 0));
  }

  @Test
  void theFileOfADrawsProposalIsAskedForUntilTheDrawIsDone() {
    order(ORDER);
    ToSlot.DrawLease lease = expectDrawLease();
    for (int i = 0; i < 3; i++) {
      time.timePasses(Duration.ofSeconds(5));
      Publish again = files.receiveMessage();
      assertThat(again.proposal()).isEqualTo(weights(3));
      again.replyTo().tell(new Published(3, FILE));
    }
    report(lease, new FromSlot.Drawn(lease.id(), DRAW, TIME));
    expectFinished(sampler, DRAW);

    time.timePasses(Duration.ofSeconds(30));

    files.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aDrawWhoseProposalCanNotBeWrittenWaitsWithoutBeingTakenForLost() {
    hold();
    tellOrder(ORDER);
    pool.expectMessage(new WorkerEvent.Begun<>(7, sampler, weights(3)));
    files.receiveMessage(); // and nothing is answered
    for (int i = 0; i < 3; i++) {
      time.timePasses(Duration.ofSeconds(5));
      pool.expectMessage(new WorkerEvent.Progressed<>(7, sampler));
      files.receiveMessage();
    }
    time.timePasses(Duration.ofSeconds(5));
    pool.expectMessage(new WorkerEvent.Progressed<>(7, sampler));
    files.receiveMessage().replyTo().tell(new Published(3, FILE));
    expectDrawLease();
  }

  /** It was frozen while the proposal changed, and its slot goes on with what it had. */
  @Test
  void oneThatIsHeardAgainDrawsWithTheProposalThatItsNextLeaseNames() {
    order(ORDER);
    ToSlot.DrawLease former = expectDrawLease();
    tell(Availability.UNREACHABLE);
    expectGivenBack(sampler, "can't be reached", false);
    offered(4);
    tell(Availability.AVAILABLE);
    report(former, new FromSlot.Holds(3, "print 3")); // on its way when it was frozen
    publisher.expectMessage(new TakenOver(sampler, 3, "print 3"));
    report(former, new FromSlot.Drawn(former.id(), DRAW, TIME));
    slot.expectMessage(new ToSlot.Accepted(former.id()));

    tellOrder(new DrawOrder(7, 4, Purpose.TRAINING, 2));

    expectBegun(4);
    assertThat(expectDrawLease().proposal().version()).isEqualTo(4);
  }

  @Test
  void whatTheLearnerBeforeHasPublishedIsNotDrawnWithAnyMore() {
    hold();
    offered(2); // by a learner that went back

    tellOrder(new DrawOrder(7, 2, Purpose.TRAINING, 2));

    expectBegun(2);
  }

  @Test
  void weightsAreOfferedWhileADrawIsBeingMade() {
    order(ORDER);
    ToSlot.DrawLease lease = expectDrawLease();
    offered(4);

    report(lease, new FromSlot.Drawn(lease.id(), DRAW, TIME));

    expectFinished(sampler, DRAW);
  }

  @Test
  void aWorkerThatIsRetiredFinishesWhatItHasAndStops() {
    order(ORDER);
    ToSlot.DrawLease lease = expectDrawLease();
    tell(RemoteWorker.Retire.INSTANCE);
    settle();
    assertThat(isRegistered(SamplerCommand.KEY, sampler)).isFalse();
    time.timePasses(Duration.ofMinutes(1));
    slot.expectMessageClass(ToSlot.DrawLease.class); // again: nothing was heard of it

    report(lease, new FromSlot.Drawn(lease.id(), DRAW, TIME));

    expectFinished(sampler, DRAW);
    time.timePasses(Duration.ofSeconds(5));
    pool.expectTerminated(sampler);
  }

  @Test
  void workThatComesToARetiredWorkerIsGivenBackWithoutALease() {
    hold();
    tell(RemoteWorker.Retire.INSTANCE);
    tellOrder(ORDER);
    settle();
    time.timePasses(Duration.ofSeconds(1));

    expectGivenBack(sampler, "is not needed any more", false);
    slot.expectNoMessage(Duration.ZERO);
    time.timePasses(Duration.ofSeconds(5));
    pool.expectTerminated(sampler);
  }

  @Test
  void aWorkerThatIsRetiredIsNotRegisteredAfterASilence() {
    tell(RemoteWorker.Retire.INSTANCE);
    tell(Availability.UNREACHABLE);
    tell(Availability.AVAILABLE);
    settle();

    assertThat(isRegistered(SamplerCommand.KEY, sampler)).isFalse();
  }
}

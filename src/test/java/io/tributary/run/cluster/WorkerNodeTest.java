package io.tributary.run.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.membership.TrainerEvent.TrainerLost;
import io.tributary.cluster.membership.TrainerEvent.TrainerUnreachable;
import io.tributary.cluster.membership.TrainerEvent.TrainerUp;
import io.tributary.cluster.slot.Slot;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.cluster.wire.ToTrainer;
import io.tributary.cluster.wire.ToTrainer.Hello;
import io.tributary.cluster.wire.ToTrainer.Ready;
import io.tributary.data.NodeState;
import io.tributary.metrics.Metric;
import io.tributary.run.cluster.WorkerNode.Prepared;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkerNodeTest {
  private static final long EPOCH = 77;
  private static final Duration AGAIN = Duration.ofSeconds(3);
  private static final TrainerUp UP = new TrainerUp(new Address("pekko", "t", "trainer", 1));
  private static final ToNode.Welcome WELCOME = welcome(EPOCH);
  private static final String METRICS = "http://127.0.0.1:1/metrics";
  private static ActorTestKit kit;
  private static ManualTime time;

  private static final String DONE = "done";

  private final List<ActorRef<Object>> retiring = new CopyOnWriteArrayList<>();
  private final AtomicInteger preparations = new AtomicInteger();
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final StringWriter shown = new StringWriter();
  private final WorkerConsole console =
      new WorkerConsole(new PrintWriter(shown), false, Clock.systemUTC());
  private final WorkerReport report = new WorkerReport();
  private volatile String obstacle = "connection refused";
  private volatile boolean inputsAreGone;
  private volatile boolean nothingIsFetched;
  private volatile boolean aClassIsGone;
  private TestProbe<ToTrainer> trainer;
  private TestProbe<ToSlot> slot;
  private ActorRef<Object> node;

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
    trainer = kit.createTestProbe(ToTrainer.class);
    slot = kit.createTestProbe(ToSlot.class);
    node =
        kit.spawn(
            WorkerNode.create(
                trainer.getRef(),
                "build",
                "token of the run",
                METRICS,
                report,
                this::prepare,
                () -> obstacle,
                console,
                exit));
  }

  @AfterEach
  void stopNode() {
    mayEnd.countDown();
    kit.stop(node);
  }

  private static ToNode.Welcome welcome(long epoch) {
    return new ToNode.Welcome(
        epoch,
        1,
        "run",
        "",
        List.of(),
        "https://trainer:1",
        "secret",
        Duration.ofSeconds(10),
        Duration.ofSeconds(20));
  }

  private Prepared prepare(ToNode.Welcome welcome) {
    preparations.incrementAndGet();
    await(mayEnd);
    if (inputsAreGone) {
      throw new IllegalStateException("no such file");
    }
    if (aClassIsGone) {
      throw new NoClassDefFoundError("of a test");
    }
    if (nothingIsFetched) {
      throw new UncheckedIOException(new IOException("refused with 401"));
    }
    return new Prepared(
        "class",
        1,
        1,
        (kind, place) ->
            new WorkerSlots.Plan(
                kind == SlotKind.SAMPLER ? "gpu:" + place : "cpu", slotThatPassesOn()));
  }

  /** Stops when it is told to retire and its work is done. */
  private Behavior<ToSlot> slotThatPassesOn() {
    return Behaviors.<Object>receive(
            (context, message) -> {
              if (message instanceof ToSlot told) {
                slot.getRef().tell(told);
              }
              if (message == Slot.Retire.INSTANCE) {
                retiring.add(context.getSelf());
              }
              return message.equals(DONE) ? Behaviors.stopped() : Behaviors.same();
            })
        .narrow();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns when the node has handled all that it has been told. */
  private void settle() {
    node.tell(new ToNode.Ping(42));
    trainer.expectMessage(new ToTrainer.Pong(42, node.unsafeUpcast()));
  }

  private void expectSilence(Duration passing) {
    settle();
    time.timePasses(passing);
    settle();
    trainer.expectNoMessage(Duration.ZERO);
  }

  private void expectHello() {
    trainer.expectMessage(
        new Hello(
            ToTrainer.OLDEST_PROTOCOL,
            ToTrainer.NEWEST_PROTOCOL,
            "build",
            METRICS,
            "token of the run",
            node.unsafeUpcast()));
  }

  private Ready prepareUntilReady() {
    node.tell(UP);
    expectHello();
    mayEnd.countDown();
    node.tell(WELCOME);
    return trainer.expectMessageClass(Ready.class);
  }

  private void admit() {
    prepareUntilReady();
    node.tell(new ToNode.Admitted(EPOCH, 1, "node-0"));
    settle();
  }

  private int exitCode() throws Exception {
    return exit.get(10, TimeUnit.SECONDS);
  }

  @Test
  void nothingIsSaidBeforeThereIsATrainer() {
    expectSilence(Duration.ofMinutes(1));
  }

  @Test
  void whatHindersItIsSaidUntilItHasJoined() {
    time.timePasses(Duration.ofSeconds(3));
    untilShown("connection refused");
    obstacle = "its certificate has expired";
    trainer.awaitAssert(
        () -> {
          time.timePasses(Duration.ofSeconds(10));
          return assertThat(shown.toString()).contains("its certificate has expired");
        });
    obstacle = "nobody asks any more";
    node.tell(UP);
    expectHello();
    node.tell(WELCOME);
    expectSilence(Duration.ofMinutes(1));
    assertThat(shown.toString()).doesNotContain("nobody asks any more");
  }

  private void untilShown(String text) {
    trainer.awaitAssert(() -> assertThat(shown.toString()).contains(text));
  }

  @Test
  void helloIsSaidUntilItIsWelcome() {
    node.tell(UP);
    expectHello();
    time.timePasses(AGAIN);
    expectHello();
    time.timePasses(AGAIN);
    expectHello();

    node.tell(WELCOME);

    expectSilence(Duration.ofMinutes(1));
  }

  @Test
  void whatTheRunNeedsIsPreparedOnceHoweverOftenItIsWelcome() {
    node.tell(UP);
    expectHello();
    node.tell(WELCOME);
    node.tell(WELCOME);
    mayEnd.countDown();
    trainer.expectMessageClass(Ready.class);
    node.tell(WELCOME);
    settle();

    assertThat(preparations).hasValue(1);
  }

  @Test
  void itsSlotsAreOfferedWithItsNumericsUntilItIsAdmitted() {
    Ready ready = prepareUntilReady();
    assertThat(ready.epoch()).isEqualTo(EPOCH);
    assertThat(ready.numerics()).isEqualTo("class");
    assertThat(ready.slots())
        .extracting(ToTrainer.OfferedSlot::kind)
        .containsExactly(SlotKind.SAMPLER, SlotKind.SCORER);
    assertThat(ready.slots())
        .extracting(ToTrainer.OfferedSlot::device)
        .containsExactly("gpu:0", "cpu");
    time.timePasses(AGAIN);
    trainer.expectMessage(ready);
    time.timePasses(AGAIN);
    trainer.expectMessage(ready);

    node.tell(new ToNode.Admitted(EPOCH, 1, "node-0"));

    expectSilence(Duration.ofMinutes(1));
    assertThat(exit).isNotDone();
  }

  @Test
  void anOfferedSlotIsThere() {
    ToSlot.Offer offer =
        new ToSlot.Offer(
            new ToSlot.Proposal(1, "print", Manifest.of("f", 0, 8, List.of()), 0),
            kit.system().<io.tributary.cluster.wire.FromSlot>deadLetters());
    Ready ready = prepareUntilReady();

    ready.slots().get(0).slot().tell(offer);

    slot.expectMessage(offer);
  }

  @Test
  void pingsAreAnsweredWhileItPrepares() {
    node.tell(UP);
    expectHello();
    node.tell(WELCOME);
    node.tell(new ToNode.Ping(5));

    trainer.expectMessage(new ToTrainer.Pong(5, node.unsafeUpcast()));
  }

  @Test
  void whoIsRefusedWaitsAMinuteAndAsksAgain() {
    node.tell(UP);
    expectHello();
    node.tell(new ToNode.Refused("there are enough"));
    expectSilence(Duration.ofSeconds(60).minusMillis(1));

    time.timePasses(Duration.ofMillis(1));

    expectHello();
    assertThat(exit).isNotDone();
    untilShown("refused by the trainer: there are enough; it is asked again every 60 s");
  }

  @Test
  void aPauseOfTheTrainerIsNoReasonToSayAnything() {
    admit();

    node.tell(TrainerUnreachable.INSTANCE);
    node.tell(UP);

    expectSilence(Duration.ofMinutes(1));
    assertThat(exit).isNotDone();
  }

  @Test
  void whoIsDismissedEndsToBeStartedAgain() throws Exception {
    admit();
    node.tell(new ToNode.Dismissed("it hangs"));
    assertThat(exitCode()).isEqualTo(75);
    untilShown("dismissed by the trainer: it hangs; exit code 75: start the worker again to join");
  }

  @Test
  void whoHasLostTheTrainerEndsToBeStartedAgain() throws Exception {
    admit();
    node.tell(new TrainerLost("silent for too long"));
    assertThat(exitCode()).isEqualTo(75);
  }

  @Test
  void whoIsDrainedSaysThatItLeavesAndEndsWithSuccessWhenItsSlotsAreDone() throws Exception {
    admit();

    node.tell(WorkerNode.Drain.INSTANCE);
    trainer.expectMessage(new ToTrainer.Leaving("it was stopped", node.unsafeUpcast()));
    trainer.awaitAssert(
        () -> {
          assertThat(retiring).hasSize(2);
          return null;
        });
    retiring.get(0).tell(DONE);
    time.timePasses(Duration.ofSeconds(3));
    trainer.expectMessage(new ToTrainer.Leaving("it was stopped", node.unsafeUpcast())); // again
    assertThat(exit).isNotDone();
    retiring.get(1).tell(DONE);

    assertThat(exitCode()).isZero();
  }

  @Test
  void whoIsDrainedBeforeItHasSlotsEndsAtOnce() throws Exception {
    node.tell(UP);
    expectHello();
    node.tell(WELCOME);

    node.tell(WorkerNode.Drain.INSTANCE);
    trainer.expectMessage(new ToTrainer.Leaving("it was stopped", node.unsafeUpcast()));

    assertThat(exitCode()).isZero();
  }

  @Test
  void whoIsDrainedBeforeItIsAdmittedIsNotReadyAnyMore() {
    prepareUntilReady();
    node.tell(WorkerNode.Drain.INSTANCE);
    trainer.expectMessage(new ToTrainer.Leaving("it was stopped", node.unsafeUpcast()));

    time.timePasses(AGAIN);
    trainer.expectMessage(new ToTrainer.Leaving("it was stopped", node.unsafeUpcast()));
  }

  @Test
  void whatCanNotBePreparedEndsTheProcessWithAnError() throws Exception {
    inputsAreGone = true;
    node.tell(UP);
    expectHello();
    mayEnd.countDown();
    node.tell(WELCOME);

    assertThat(trainer.expectMessageClass(ToTrainer.Leaving.class).reason())
        .isEqualTo("what the run needs can't be had: no such file");
    assertThat(exitCode()).isEqualTo(1);
  }

  /** Such as from a trainer that is being started again, which does not know the old secret. */
  @Test
  void whatCanNotBeFetchedEndsTheProcessToBeStartedAgain() throws Exception {
    nothingIsFetched = true;
    node.tell(UP);
    expectHello();
    mayEnd.countDown();
    node.tell(WELCOME);

    assertThat(trainer.expectMessageClass(ToTrainer.Leaving.class).reason())
        .contains("refused with 401");
    assertThat(exitCode()).isEqualTo(75);
  }

  @Test
  void anErrorWhileItPreparesEndsTheProcessToBeStartedAgain() throws Exception {
    aClassIsGone = true;
    node.tell(UP);
    expectHello();
    mayEnd.countDown();
    node.tell(WELCOME);

    assertThat(exitCode()).isEqualTo(75);
  }

  /** The trainer has been started again: nothing that was prepared is known to be right. */
  @Test
  void whoIsWelcomeToAnotherStartOfTheTrainerEndsToBeStartedAgain() throws Exception {
    admit();
    node.tell(welcome(EPOCH + 1));
    assertThat(exitCode()).isEqualTo(75);
  }

  @Test
  void whoIsDrainedByTheTrainerLeavesWithItsReason() {
    admit();
    node.tell(new ToNode.Drain("asked for by an operator"));
    trainer.expectMessage(new ToTrainer.Leaving("asked for by an operator", node.unsafeUpcast()));
    node.tell(new ToNode.Drain("asked for by an operator")); // again: the answer may be lost
    assertThat(shown.toString()).containsOnlyOnce("leaving (asked for");
  }

  @Test
  void slotsAreAddedWhereThereAreTooFewAndAllAreOffered() {
    admit();
    node.tell(new ToNode.Provide(3, 1));
    Ready more = trainer.expectMessageClass(Ready.class);
    assertThat(more.offer()).isEqualTo(2);
    assertThat(more.slots())
        .extracting(ToTrainer.OfferedSlot::device)
        .containsExactly("gpu:0", "gpu:1", "gpu:2", "cpu");
    node.tell(new ToNode.Provide(3, 0));
    time.timePasses(AGAIN);
    trainer.expectMessage(more);
    node.tell(new ToNode.Admitted(EPOCH, 1, "node-0")); // of the offer before
    settle();
    time.timePasses(AGAIN);
    trainer.expectMessage(more);
    node.tell(new ToNode.Admitted(EPOCH, 2, "node-0"));

    expectSilence(Duration.ofMinutes(1));
  }

  @Test
  void aSlotThatHasStoppedIsNotOfferedAndItsPlaceIsTakenNext() {
    Ready ready = prepareUntilReady();
    node.tell(new ToNode.Admitted(EPOCH, 1, "node-0"));
    ready.slots().get(0).slot().<Object>unsafeUpcast().tell(DONE);

    assertThat(trainer.expectMessageClass(Ready.class).slots())
        .containsExactly(ready.slots().get(1));
    node.tell(new ToNode.Provide(1, 1));

    assertThat(trainer.expectMessageClass(Ready.class).slots())
        .extracting(ToTrainer.OfferedSlot::device)
        .containsExactly("gpu:0", "cpu");
  }

  private void expectState(NodeState state, String reason) {
    settle();
    assertThat(report.get().state()).isEqualTo(state);
    assertThat(report.get().reasons()).isEqualTo(reason == null ? List.of() : List.of(reason));
    assertThat(report.metrics().value(Metric.WORKER_STATE, state.name())).isEqualTo(1);
  }

  @Test
  void itReportsWhatItIsAt() {
    expectState(NodeState.JOINING, "it waits for the trainer");
    node.tell(UP);
    expectHello();
    expectState(NodeState.JOINING, "the trainer has not answered yet");
    node.tell(new ToNode.Refused("there are enough"));
    expectState(NodeState.JOINING, "refused by the trainer: there are enough");
    node.tell(WELCOME);
    expectState(NodeState.JOINING, "it fetches and loads what run run needs");
    mayEnd.countDown();
    Ready ready = trainer.expectMessageClass(Ready.class);
    expectState(NodeState.JOINING, "it is not admitted yet");
    node.tell(new ToNode.Admitted(EPOCH, ready.offer(), "node-0"));
    expectState(NodeState.AVAILABLE, null);
    node.tell(TrainerUnreachable.INSTANCE);
    expectState(NodeState.UNREACHABLE, "the trainer is silent");
    node.tell(UP);
    expectState(NodeState.AVAILABLE, null);
    node.tell(WorkerNode.Drain.INSTANCE);
    trainer.expectMessageClass(ToTrainer.Leaving.class);
    expectState(NodeState.LEAVING, "it finishes what is in progress, and leaves");
  }
}

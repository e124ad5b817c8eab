package io.tributary.cluster.remote;

import static io.tributary.testing.stream.Draws.draw;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.remote.RemoteWorker.Publish;
import io.tributary.cluster.remote.RemoteWorker.Published;
import io.tributary.cluster.slot.Slot;
import io.tributary.cluster.slot.SlotWork;
import io.tributary.cluster.slot.WeightCache;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.cluster.wire.WireMessage;
import io.tributary.data.DrawOrder;
import io.tributary.data.DrawOrder.Purpose;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.SamplerCommand.DrawSequences;
import io.tributary.protocol.SamplerCommand.TakeOver;
import io.tributary.protocol.SamplerCommand.TakenOver;
import io.tributary.protocol.WorkerEvent;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A remote worker and its slot, between which messages are lost. */
class LostMessagesTest {
  private static final int DRAWS = 2;

  /** Longer than anything is waited for before it is sent again. */
  private static final Duration STEP = Duration.ofSeconds(5);

  private static final int STEPS = 200;
  private static final long VERSION = 4;
  private static final Manifest FILE = Manifest.of("weights", 0, 8, List.of());
  private static ActorTestKit kit;
  private static ManualTime time;

  private final List<Long> drawn = new CopyOnWriteArrayList<>();
  private final List<Long> loaded = new CopyOnWriteArrayList<>();
  private final List<Long> finished = new CopyOnWriteArrayList<>();
  private final List<Object> otherEvents = new CopyOnWriteArrayList<>();
  private final List<WireMessage> lost = new CopyOnWriteArrayList<>();
  private final List<Long> taken = new CopyOnWriteArrayList<>();
  private final AtomicReference<ActorRef<FromSlot>> remoteReports = new AtomicReference<>();

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create(ManualTime.config());
    time = ManualTime.get(kit.system());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  private static <M> ActorRef<M> actor(Consumer<M> onMessage) {
    return kit.spawn(
        Behaviors.receiveMessage(
            message -> {
              onMessage.accept(message);
              return Behaviors.same();
            }));
  }

  /** A worker with a sampler that does at once what it is told, behind a link that loses some. */
  private ActorRef<SamplerCommand> remote(Predicate<WireMessage> isLost) {
    ActorRef<ToSlot> slot =
        kit.spawn(
            Slot.create(
                SlotWork.sampling(TestRecord.UNOBSERVED),
                () ->
                    Behaviors.receive(
                        (context, command) -> {
                          work(command, context.getSelf());
                          return Behaviors.same();
                        }),
                kit.spawn(WeightCache.create((wanted, arriving) -> weights(), Runnable::run)),
                DispatcherSelector.sameAsParent()));
    ActorRef<FromSlot> back =
        actor(report -> pass(report, isLost, passed -> remoteReports.get().tell(passed)));
    ActorRef<ToSlot> there =
        actor(message -> pass(message, isLost, passed -> slot.tell(readdressed(passed, back))));
    ActorRef<Publish> files =
        actor(publish -> publish.replyTo().tell(new Published(VERSION, FILE)));
    return kit.spawn(
        RemoteWorker.sampler(
            new Leases(77),
            there,
            files,
            kit.createTestProbe(NodeLink.Command.class).getRef(),
            TestRecord.of(kit)));
  }

  private <M extends WireMessage> void pass(
      M message, Predicate<WireMessage> isLost, Consumer<M> to) {
    if (isLost.test(message)) {
      lost.add(message);
    } else {
      to.accept(message);
    }
  }

  private ToSlot readdressed(ToSlot message, ActorRef<FromSlot> back) {
    if (message instanceof ToSlot.DrawLease lease) {
      remoteReports.set(lease.replyTo());
      return new ToSlot.DrawLease(lease.id(), lease.order(), lease.proposal(), back);
    }
    if (message instanceof ToSlot.Offer offer) {
      remoteReports.set(offer.replyTo());
      return new ToSlot.Offer(offer.proposal(), back);
    }
    return message;
  }

  private void work(SamplerCommand command, ActorRef<SamplerCommand> self) {
    if (command instanceof DrawSequences ordered) {
      long number = ordered.order().number();
      drawn.add(number);
      ordered.replyTo().tell(new WorkerEvent.Progressed<>(number, self));
      ordered
          .replyTo()
          .tell(new WorkerEvent.Finished<>(number, self, draw(ordered.order()), WorkTime.NONE));
    } else if (command instanceof TakeOver given) {
      WeightVersion version = given.proposal().version();
      loaded.add(version.number());
      given.replyTo().tell(new TakenOver(self, version.number(), version.fingerprint()));
    }
  }

  private static WeightSnapshot weights() {
    return new WeightSnapshot(new WeightVersion(VERSION, "print"), List.of());
  }

  private void heard(WorkerEvent<?> event) {
    if (event instanceof WorkerEvent.Finished<?>) {
      finished.add(event.draw());
    } else if (!(event instanceof WorkerEvent.Begun<?>)) {
      otherEvents.add(event);
    }
  }

  /** Gives the sampler weights and draws, one after another, until all is done. */
  private void run(ActorRef<SamplerCommand> remote) {
    ActorRef<WorkerEvent<Object>> pool = actor(this::heard);
    remote.tell(new TakeOver(weights(), actor(confirmed -> taken.add(confirmed.version()))));
    for (int i = 0; i < DRAWS; i++) {
      remote.tell(
          new DrawSequences(new DrawOrder(i, VERSION, Purpose.TRAINING, 2), pool.unsafeUpcast()));
      int done = i + 1;
      timePassesUntil(() -> finished.size() == done);
    }
    timePassesUntil(() -> !taken.isEmpty());
  }

  private void timePassesUntil(BooleanSupplier condition) {
    for (int i = 0; i < STEPS && !condition.getAsBoolean(); i++) {
      time.timePasses(STEP); // lets all actors come to rest before
    }
    assertThat(condition.getAsBoolean()).as("all is done").isTrue();
  }

  private void expectAllDoneOnce() {
    assertThat(drawn).containsExactly(0L, 1L);
    assertThat(finished).containsExactly(0L, 1L);
    assertThat(loaded).containsExactly(VERSION);
    assertThat(otherEvents).allMatch(WorkerEvent.Progressed.class::isInstance);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        ToSlot.DrawLease.class,
        ToSlot.Offer.class,
        ToSlot.Accepted.class,
        FromSlot.Received.class,
        FromSlot.Progress.class,
        FromSlot.Drawn.class,
        FromSlot.Fetched.class,
        FromSlot.Holds.class
      })
  void theFirstMessageOfAKindIsLostAndAllIsDoneOnce(Class<? extends WireMessage> kind) {
    run(remote(message -> kind.isInstance(message) && lost.isEmpty()));

    expectAllDoneOnce();
    assertThat(lost).hasSize(1);
  }

  @Test
  void everyMessageIsLostTheFirstTimeAndAllIsDoneOnce() {
    Set<Object> before = new HashSet<>();
    run(
        remote(
            message -> {
              synchronized (before) {
                return before.add(
                    message instanceof FromSlot.Drawn drawn
                        ? "drawn " + drawn.id()
                        : message.toString());
              }
            }));

    time.timePasses(Duration.ofMinutes(2));
    expectAllDoneOnce();
    assertThat(lost).hasSizeGreaterThan(3 * DRAWS);
  }

  @Test
  void halfOfAllMessagesAreLostAndAllIsDoneOnce() {
    Random random = new Random(1);
    run(remote(message -> random.nextBoolean()));

    expectAllDoneOnce();
    assertThat(lost).isNotEmpty();
  }
}

package io.tributary.cluster.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.remote.RemoteWorker.Availability;
import io.tributary.cluster.remote.RemoteWorker.Publish;
import io.tributary.cluster.remote.RemoteWorker.Published;
import io.tributary.cluster.slot.Slot;
import io.tributary.cluster.slot.SlotWork;
import io.tributary.cluster.slot.WeightCache;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.Sequence;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.SamplerCommand.DrawSequences;
import io.tributary.protocol.SamplerCommand.TakeOver;
import io.tributary.protocol.SamplerCommand.TakenOver;
import io.tributary.protocol.WorkerEvent;
import io.tributary.protocol.WorkerLost;
import io.tributary.stream.PoolSettings;
import io.tributary.stream.WorkerPool;
import io.tributary.testing.Slow;
import io.tributary.testing.stream.RecordedPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Draws that are lost while the proposal changes, through pool, remote workers and slots. Long
 * draws are lost far more often than short ones; which version a draw is made with must not depend
 * on that.
 */
@Slow
class ReissuedDrawsTest {
  private static final int WORKERS = 16;
  private static final int DRAWS = 64;

  /** How many steps a long draw takes; a short one takes one. */
  private static final int LONG = 4;

  private static final int MOST_STEPS = 500;
  private static final Duration STEP = Duration.ofSeconds(2);
  private static final Manifest FILE = Manifest.of("weights", 0, 8, List.of());
  private static ActorTestKit kit;
  private static ManualTime time;

  private final Random random = new Random(13);
  private final Map<Long, Set<Long>> versions = new ConcurrentHashMap<>(); // of all attempts, by k
  private final Map<Long, Integer> attempts = new ConcurrentHashMap<>();
  private final Map<ActorRef<SamplerCommand>, Busy> busy = new ConcurrentHashMap<>();
  private final List<ActorRef<SamplerCommand>> workers = new ArrayList<>();

  /** What a sampler is at, and how many steps it takes. */
  private record Busy(DrawSequences command, AtomicInteger left) {}

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create(ManualTime.config());
    time = ManualTime.get(kit.system());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  private static boolean isLong(long number) {
    return number % 2 == 0;
  }

  private static WeightSnapshot weights(long version) {
    return new WeightSnapshot(new WeightVersion(version, "print " + version), List.of());
  }

  /** A sampler that takes its time. */
  private Behavior<SamplerCommand> sampler() {
    return Behaviors.receive(
        (context, command) -> {
          ActorRef<SamplerCommand> self = context.getSelf();
          if (command instanceof DrawSequences ordered) {
            DrawOrder order = ordered.order();
            versions
                .computeIfAbsent(order.number(), k -> ConcurrentHashMap.newKeySet())
                .add(order.begunWith().version().number());
            attempts.merge(order.number(), 1, Integer::sum);
            busy.put(self, new Busy(ordered, new AtomicInteger(steps(order.number()))));
          } else if (command instanceof TakeOver given) {
            WeightVersion taken = given.proposal().version();
            given.replyTo().tell(new TakenOver(self, taken.number(), taken.fingerprint()));
          }
          return Behaviors.same();
        });
  }

  private static int steps(long number) {
    return isLong(number) ? LONG : 1;
  }

  private ActorRef<SamplerCommand> worker() {
    ActorRef<ToSlot> slot =
        kit.spawn(
            Slot.create(
                SlotWork.sampling(TestRecord.UNOBSERVED),
                this::sampler,
                kit.spawn(
                    WeightCache.create(
                        (wanted, arriving) -> weights(wanted.version()), Runnable::run)),
                DispatcherSelector.sameAsParent()));
    ActorRef<Publish> files =
        kit.spawn(
            Behaviors.receiveMessage(
                publish -> {
                  publish
                      .replyTo()
                      .tell(new Published(publish.proposal().version().number(), FILE));
                  return Behaviors.same();
                }));
    return kit.spawn(
        RemoteWorker.sampler(
            new Leases(77),
            slot,
            files,
            kit.createTestProbe(NodeLink.Command.class).getRef(),
            TestRecord.of(kit)));
  }

  private void publish(long version) {
    ActorRef<TakenOver> publisher = kit.createTestProbe(TakenOver.class).getRef();
    workers.forEach(worker -> worker.tell(new TakeOver(weights(version), publisher)));
  }

  /** One step of every sampler that draws. */
  private void draw() {
    busy.forEach(
        (sampler, work) -> {
          if (work.left().decrementAndGet() == 0) {
            busy.remove(sampler);
            DrawOrder order = work.command().order();
            long version = order.begunWith().version().number();
            Sequence sequence =
                new Sequence(
                    order.number(),
                    0,
                    new int[steps(order.number())],
                    new double[steps(order.number())],
                    version);
            work.command()
                .replyTo()
                .tell(
                    new WorkerEvent.Finished<>(
                        order.number(),
                        sampler,
                        new Draw(order.number(), order.purpose(), version, List.of(sequence)),
                        WorkTime.NONE));
          }
        });
  }

  /** Some workers can't be reached for a step. */
  private void lose() {
    for (ActorRef<SamplerCommand> worker : workers) {
      worker
          .<Object>unsafeUpcast()
          .tell(random.nextInt(8) == 0 ? Availability.UNREACHABLE : Availability.AVAILABLE);
    }
  }

  @Test
  void everyAttemptIsMadeWithTheProposalOfTheFirst() {
    RecordedPool<DrawOrder, Draw> listener = new RecordedPool<>();
    ActorRef<WorkerPool.Command<DrawOrder, Draw>> pool =
        kit.spawn(
            WorkerPool.create(
                PoolSettings.samplers(2, Duration.ofDays(1)),
                kit.createTestProbe(WorkerLost.class).getRef(),
                listener));
    for (int i = 0; i < WORKERS; i++) {
      workers.add(worker());
    }
    List<CompletableFuture<Draw>> draws = new ArrayList<>();
    for (long k = 0; k < DRAWS; k++) {
      DrawOrder order = new DrawOrder(k, 1, DrawOrder.Purpose.TRAINING, 1);
      draws.add(WorkerPool.submit(pool, order).toCompletableFuture());
    }
    long version = 1;
    publish(version);
    for (int i = 0; i < MOST_STEPS && !draws.stream().allMatch(CompletableFuture::isDone); i++) {
      time.timePasses(STEP);
      draw();
      lose();
      if (random.nextInt(2) == 0) {
        publish(++version);
      }
    }

    Set<Long> used = new HashSet<>();
    for (CompletableFuture<Draw> each : draws) {
      Draw draw = each.join();
      assertThat(versions.get(draw.number()))
          .as("versions of the attempts at draw %d", draw.number())
          .containsExactly(draw.proposalVersion());
      used.add(draw.proposalVersion());
    }
    assertThat(used).hasSizeGreaterThan(4);
    assertThat(lost(true)).as("long draws lost").isGreaterThan(2 * lost(false)).isPositive();
  }

  private int lost(boolean isLong) {
    return attempts.entrySet().stream()
        .filter(attempt -> isLong(attempt.getKey()) == isLong)
        .mapToInt(attempt -> attempt.getValue() - 1)
        .sum();
  }
}

package io.tributary.cluster.slot;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.slot.WeightCache.Fetch;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WeightCacheTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Manifest FILE = Manifest.of("weights", 0, 8, List.of());

  private final List<Long> fetched = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private volatile boolean cutOff;
  private final ActorRef<Fetch> cache = KIT.spawn(WeightCache.create(this::fetch, tasks::add));
  private final TestProbe<Object> one = KIT.createTestProbe(Object.class);
  private final TestProbe<Object> other = KIT.createTestProbe(Object.class);

  @AfterEach
  void stopCache() {
    KIT.stop(cache);
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private WeightSnapshot fetch(ToSlot.Proposal wanted, Runnable arriving) {
    fetched.add(wanted.version());
    if (cutOff) {
      throw new IllegalStateException("the trainer can't be reached");
    }
    return new WeightSnapshot(new WeightVersion(wanted.version(), wanted.fingerprint()), List.of());
  }

  private void want(TestProbe<Object> slot, long version) {
    want(slot, version, "print " + version);
  }

  private void want(TestProbe<Object> slot, long version, String fingerprint) {
    cache.tell(new Fetch(new ToSlot.Proposal(version, fingerprint, FILE, 0), false, slot.getRef()));
  }

  private void wantForDraw(TestProbe<Object> slot, long version) {
    cache.tell(
        new Fetch(new ToSlot.Proposal(version, "print " + version, FILE, 0), true, slot.getRef()));
  }

  /** Lets the one fetch that is under way end. */
  private void fetchEnds() throws InterruptedException {
    Runnable task = tasks.poll(10, TimeUnit.SECONDS);
    assertThat(task).as("a fetch").isNotNull();
    task.run();
  }

  private static void expect(TestProbe<Object> slot, long version) {
    assertThat(((WeightSnapshot) slot.receiveMessage()).version().number()).isEqualTo(version);
  }

  @Test
  void allSlotsGetTheWeightsOfOneFetch() throws InterruptedException {
    want(one, 4);
    want(other, 4);
    want(one, 4); // the offer is repeated
    fetchEnds();

    WeightSnapshot weights = (WeightSnapshot) one.receiveMessage();
    assertThat(weights.version()).isEqualTo(new WeightVersion(4, "print 4"));
    assertThat(other.receiveMessage()).isSameAs(weights);
    assertThat(fetched).containsExactly(4L);
  }

  @Test
  void aSlotThatComesLaterGetsWhatWasFetchedBefore() throws InterruptedException {
    want(one, 4);
    fetchEnds();
    WeightSnapshot weights = (WeightSnapshot) one.receiveMessage();

    want(other, 4);

    assertThat(other.receiveMessage()).isSameAs(weights);
    assertThat(fetched).containsExactly(4L);
  }

  @Test
  void theNewestIsFetchedNextAndWhatNobodyWantsAnyMoreIsNot() throws InterruptedException {
    want(one, 4);
    fetchStarts();
    want(one, 5);
    want(one, 6);
    want(other, 6);
    fetchEnds();
    fetchEnds();

    expect(one, 6);
    expect(other, 6);
    assertThat(fetched).containsExactly(4L, 6L);
  }

  @Test
  void whatADrawWaitsForComesFirstAndIsNotReplacedByNewer() throws InterruptedException {
    want(one, 4);
    fetchStarts();
    wantForDraw(one, 3);
    want(one, 5);
    wantForDraw(one, 3);
    for (int i = 0; i < 3; i++) {
      fetchEnds();
    }

    expect(one, 3);
    expect(one, 5);
    assertThat(fetched).containsExactly(4L, 3L, 5L);
  }

  /** Waits until a fetch has been asked for, and leaves it to {@link #fetchEnds}. */
  private void fetchStarts() throws InterruptedException {
    Runnable task = tasks.poll(10, TimeUnit.SECONDS);
    assertThat(task).isNotNull();
    tasks.add(task);
  }

  @Test
  void anEqualNumberWithAnotherFingerprintIsFetched() throws InterruptedException {
    want(one, 4, "of the former run");
    fetchEnds();
    expect(one, 4);

    want(one, 4, "of this run");
    fetchEnds();

    assertThat(((WeightSnapshot) one.receiveMessage()).version().fingerprint())
        .isEqualTo("of this run");
  }

  @Test
  void whatCouldNotBeFetchedIsFetchedWhenItIsOfferedAgain() throws InterruptedException {
    cutOff = true;
    want(one, 4);
    fetchEnds();
    assertThat(one.expectMessageClass(WeightCache.Unavailable.class).reason())
        .contains("can't be reached");
    cutOff = false;
    KIT.<WeightSnapshot>createTestProbe()
        .awaitAssert(
            () -> {
              want(one, 4);
              assertThat(tasks).isNotEmpty();
              return null;
            });
    fetchEnds();

    expect(one, 4);
    assertThat(fetched).containsExactly(4L, 4L);
  }

  @Test
  void aFailureDoesNotKeepTheNewerFromBeingFetched() throws InterruptedException {
    cutOff = true;
    want(one, 4);
    fetchStarts();
    want(other, 5);
    fetchEnds();
    cutOff = false;
    fetchEnds();

    expect(other, 5);
  }
}

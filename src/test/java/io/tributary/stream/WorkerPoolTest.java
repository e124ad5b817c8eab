package io.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.DrawKey;
import io.tributary.data.DrawOrder;
import io.tributary.data.RunFailedException;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.Label.FailureReason;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.WorkerEvent;
import io.tributary.protocol.WorkerLost;
import io.tributary.testing.stream.RecordedPool;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {
  private static final WorkTime TIME = WorkTime.busy(Duration.ofSeconds(3));

  private static final Duration STALL = Duration.ofSeconds(60);
  private static final Duration ALMOST = STALL.minusMillis(1);
  private static final AtomicInteger POOLS = new AtomicInteger();
  private static ActorTestKit kit;
  private static ManualTime time;

  private record Order(long number, ActorRef<WorkerEvent<String>> replyTo) {}

  private final ServiceKey<Order> key =
      ServiceKey.create(Order.class, "worker" + POOLS.incrementAndGet());
  private final RecordedPool<Long, String> listener = new RecordedPool<>();
  private TestProbe<WorkerLost> guardian;
  private ActorRef<WorkerPool.Command<Long, String>> pool;

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
    guardian = kit.createTestProbe(WorkerLost.class);
    pool = kit.spawn(WorkerPool.create(settings(), guardian.getRef(), listener));
  }

  /** Work that was begun has a version in its hundreds. */
  private PoolSettings<Long, String, Order> settings() {
    return new PoolSettings<>(
        key,
        work -> new DrawKey(DrawOrder.Purpose.TRAINING, work % 100),
        Order::new,
        (work, proposal) -> work % 100 + 100 * proposal.version().number(),
        WorkerPoolTest::flaw,
        STALL);
  }

  @AfterEach
  void stopPool() {
    kit.stop(pool);
  }

  private static Optional<String> flaw(long number, String result) {
    return result.equals("nonsense") ? Optional.of("said nonsense of " + number) : Optional.empty();
  }

  private TestProbe<Order> worker() {
    TestProbe<Order> worker = kit.createTestProbe(Order.class);
    kit.system().receptionist().tell(Receptionist.register(key, worker.getRef()));
    return worker;
  }

  private CompletableFuture<String> submit(long number) {
    CompletableFuture<String> result = new CompletableFuture<>();
    pool.tell(new WorkerPool.Submit<>(number, result));
    return result;
  }

  private void request(long number) {
    pool.tell(new WorkerPool.Submit<>(number, new CompletableFuture<>()));
  }

  private static Order expectOrder(TestProbe<Order> worker, long number) {
    Order order = worker.receiveMessage();
    assertThat(order.number()).isEqualTo(number);
    return order;
  }

  private static void finish(TestProbe<Order> worker, Order order, String result) {
    order.replyTo().tell(new WorkerEvent.Finished<>(order.number(), worker.getRef(), result, TIME));
  }

  private static void progress(TestProbe<Order> worker, Order order) {
    order.replyTo().tell(new WorkerEvent.Progressed<>(order.number(), worker.getRef()));
  }

  private static String get(CompletableFuture<String> result) throws Exception {
    return result.get(10, TimeUnit.SECONDS);
  }

  @Test
  void work_waits_for_a_worker_and_goes_out_in_the_order_of_numbers() throws Exception {
    var five = submit(5);
    var three = submit(3);
    listener.await(2, 0, 0);
    TestProbe<Order> worker = worker();

    finish(worker, expectOrder(worker, 3), "c");
    finish(worker, expectOrder(worker, 5), "e");

    assertThat(get(three)).isEqualTo("c");
    assertThat(get(five)).isEqualTo("e");
    listener.await(0, 0, 1);
    assertThat(listener.times).containsExactly(TIME, TIME);
  }

  @Test
  void every_idle_worker_gets_work_and_results_go_to_their_own_draw() throws Exception {
    var zero = submit(0);
    var one = submit(1);
    var two = submit(2);
    var workers = List.of(worker(), worker(), worker());
    listener.await(0, 3, 3);
    var orders = workers.stream().map(TestProbe::receiveMessage).toList();
    assertThat(orders.stream().map(Order::number).sorted(Comparator.naturalOrder()))
        .containsExactly(0L, 1L, 2L);

    for (int i = 2; i >= 0; i--) {
      finish(workers.get(i), orders.get(i), "result " + orders.get(i).number());
    }

    assertThat(get(zero)).isEqualTo("result 0");
    assertThat(get(one)).isEqualTo("result 1");
    assertThat(get(two)).isEqualTo("result 2");
  }

  @Test
  void the_draw_of_a_worker_that_stops_is_the_next_to_be_handed_out() throws Exception {
    TestProbe<Order> mortal = worker();
    var zero = submit(0);
    var one = submit(1);
    expectOrder(mortal, 0);
    listener.await(1, 1, 1);

    mortal.stop();
    listener.await(2, 0, 0);
    TestProbe<Order> heir = worker();
    finish(heir, expectOrder(heir, 0), "a");
    finish(heir, expectOrder(heir, 1), "b");

    assertThat(get(zero)).isEqualTo("a");
    assertThat(get(one)).isEqualTo("b");
    assertThat(listener.reissued).containsExactly(0L);
    guardian.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_silent_worker_is_lost_and_its_late_result_is_ignored() throws Exception {
    TestProbe<Order> silent = worker();
    var zero = submit(0);
    Order late = expectOrder(silent, 0);

    time.timePasses(STALL);
    WorkerLost lost = guardian.receiveMessage();
    TestProbe<Order> replacement = worker();
    Order again = expectOrder(replacement, 0);
    finish(silent, late, "late");
    finish(replacement, again, "in time");

    assertThat(lost.worker()).isEqualTo(silent.getRef());
    assertThat(lost.cause()).isEqualTo(FailureReason.STALLED);
    assertThat(lost.reason()).contains("60000 ms");
    assertThat(get(zero)).isEqualTo("in time");
    assertThat(listener.accepted).containsExactly("in time");
    assertThat(listener.reissued).containsExactly(0L);
    request(1);
    request(2);
    listener.await(1, 1, 1);
    silent.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_worker_whose_result_can_not_be_is_lost_and_its_draw_goes_to_another() throws Exception {
    TestProbe<Order> broken = worker();
    var zero = submit(0);
    finish(broken, expectOrder(broken, 0), "nonsense");

    WorkerLost lost = guardian.receiveMessage();
    TestProbe<Order> replacement = worker();
    finish(replacement, expectOrder(replacement, 0), "sense");

    assertThat(lost)
        .isEqualTo(new WorkerLost(broken.getRef(), FailureReason.INVALID, "said nonsense of 0"));
    assertThat(get(zero)).isEqualTo("sense");
    assertThat(listener.accepted).containsExactly("sense");
    assertThat(listener.reissued).containsExactly(0L);
    request(1);
    expectOrder(replacement, 1);
    broken.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_worker_that_makes_progress_is_not_lost() throws Exception {
    TestProbe<Order> slow = worker();
    var zero = submit(0);
    Order order = expectOrder(slow, 0);

    for (int i = 1; i <= 3; i++) {
      time.timePasses(ALMOST);
      progress(slow, order);
      request(i);
      listener.await(i, 1, 1);
    }
    guardian.expectNoMessage(Duration.ZERO);
    finish(slow, order, "at last");

    assertThat(get(zero)).isEqualTo("at last");
  }

  @Test
  void an_idle_worker_may_be_silent() throws Exception {
    TestProbe<Order> worker = worker();
    var zero = submit(0);
    finish(worker, expectOrder(worker, 0), "a");
    assertThat(get(zero)).isEqualTo("a");
    listener.await(0, 0, 1);

    time.timePasses(STALL.multipliedBy(10));
    request(1);

    expectOrder(worker, 1);
    guardian.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_result_that_comes_twice_counts_once() throws Exception {
    TestProbe<Order> worker = worker();
    var zero = submit(0);
    var one = submit(1);
    Order first = expectOrder(worker, 0);

    finish(worker, first, "a");
    finish(worker, first, "a again");
    finish(worker, expectOrder(worker, 1), "b");

    assertThat(get(zero)).isEqualTo("a");
    assertThat(get(one)).isEqualTo("b");
    listener.await(0, 0, 1);
  }

  @Test
  void a_deregistered_worker_finishes_what_it_has_and_gets_nothing_more() throws Exception {
    TestProbe<Order> leaving = worker();
    var zero = submit(0);
    Order order = expectOrder(leaving, 0);
    kit.system().receptionist().tell(Receptionist.deregister(key, leaving.getRef()));
    TestProbe<Order> staying = worker();
    request(1);
    Order other = expectOrder(staying, 1);
    listener.await(0, 2, 2);

    finish(leaving, order, "a");
    listener.await(0, 1, 1);
    request(2);
    finish(staying, other, "b");
    expectOrder(staying, 2);

    assertThat(get(zero)).isEqualTo("a");
    leaving.expectNoMessage(Duration.ZERO);
    assertThat(listener.reissued).isEmpty();
  }

  @Test
  void a_draw_that_takes_three_workers_with_it_fails_and_the_others_go_on() throws Exception {
    var zero = submit(0);
    var one = submit(1);
    for (int i = 0; i < 3; i++) {
      TestProbe<Order> victim = worker();
      expectOrder(victim, 0);
      listener.await(1, 1, 1);
      victim.stop();
      listener.await(i < 2 ? 2 : 1, 0, 0);
    }
    TestProbe<Order> survivor = worker();
    finish(survivor, expectOrder(survivor, 1), "b");

    assertThatThrownBy(() -> get(zero))
        .hasRootCauseInstanceOf(RunFailedException.class)
        .hasMessageContaining("draw 0 is given up: 3 worker");
    assertThat(get(one)).isEqualTo("b");
    assertThat(listener.reissued).containsExactly(0L, 0L);
  }

  @Test
  void results_still_owed_fail_when_the_pool_stops() throws Exception {
    TestProbe<Order> worker = worker();
    var zero = submit(0);
    var one = submit(1);
    expectOrder(worker, 0);
    listener.await(1, 1, 1);

    pool.tell(new WorkerPool.Stop<>());

    assertThatThrownBy(() -> get(zero)).hasMessageContaining("was stopped");
    assertThatThrownBy(() -> get(one)).hasMessageContaining("was stopped");
  }

  @Test
  void work_that_no_worker_comes_for_fails() throws InterruptedException {
    var waiting = submit(3);
    listener.await(1, 0, 0);
    time.timePasses(STALL.multipliedBy(4).minusMillis(1));
    assertThat(waiting).isNotDone();

    time.timePasses(Duration.ofMillis(1));

    assertThatThrownBy(() -> get(waiting))
        .hasCauseInstanceOf(RunFailedException.class)
        .hasMessageContaining("for 240 s, 4 times stream.stall-timeout");
  }

  @Test
  void work_that_a_worker_comes_for_late_is_done() throws Exception {
    var waiting = submit(3);
    listener.await(1, 0, 0);
    time.timePasses(STALL.multipliedBy(4).minusMillis(1));
    TestProbe<Order> worker = worker();
    Order order = expectOrder(worker, 3);
    time.timePasses(STALL.minusMillis(1));
    finish(worker, order, "c");
    assertThat(get(waiting)).isEqualTo("c");
  }

  /**
   * @param failedOn node on which it has failed; null if it was not tried
   */
  private static void giveBack(TestProbe<Order> worker, Order order, @Nullable String failedOn) {
    order
        .replyTo()
        .tell(new WorkerEvent.GivenBack<>(order.number(), worker.getRef(), "gave up", failedOn));
  }

  @Test
  void work_that_is_given_back_is_handed_out_again_before_later_work() throws Exception {
    TestProbe<Order> worker = worker();
    var zero = submit(0);
    var one = submit(1);
    giveBack(worker, expectOrder(worker, 0), "node-0");

    finish(worker, expectOrder(worker, 0), "a");
    finish(worker, expectOrder(worker, 1), "b");

    assertThat(get(zero)).isEqualTo("a");
    assertThat(get(one)).isEqualTo("b");
    assertThat(listener.reissued).containsExactly(0L);
    guardian.expectNoMessage(Duration.ZERO);
  }

  @Test
  void work_that_was_not_tried_is_given_back_as_often_as_it_takes() throws Exception {
    TestProbe<Order> worker = worker();
    var zero = submit(0);
    for (int i = 0; i < 10; i++) {
      giveBack(worker, expectOrder(worker, 0), null);
    }
    finish(worker, expectOrder(worker, 0), "a");

    assertThat(get(zero)).isEqualTo("a");
    assertThat(listener.reissued).hasSize(10);
    guardian.expectNoMessage(Duration.ZERO);
  }

  @Test
  void work_that_fails_on_three_nodes_is_given_up() {
    TestProbe<Order> worker = worker();
    var zero = submit(0);
    for (String node : List.of("node-0", "node-1", "node-0", "node-1", "node-0", "node-2")) {
      assertThat(zero).as("the workers of a node count as one").isNotDone();
      giveBack(worker, expectOrder(worker, 0), node);
    }

    assertThatThrownBy(() -> get(zero))
        .hasRootCauseInstanceOf(RunFailedException.class)
        .hasMessageContaining("draw 0 is given up: 3 worker");
    request(1);
    expectOrder(worker, 1);
  }

  @Test
  void work_that_is_given_back_twice_is_handed_out_once() throws Exception {
    TestProbe<Order> worker = worker();
    var zero = submit(0);
    Order order = expectOrder(worker, 0);
    finish(worker, order, "a");
    giveBack(worker, order, null);
    request(1);

    assertThat(get(zero)).isEqualTo("a");
    expectOrder(worker, 1);
    assertThat(listener.reissued).isEmpty();
  }

  @Test
  void a_worker_that_gives_its_work_back_and_is_not_registered_gets_no_more() throws Exception {
    TestProbe<Order> unreachable = worker();
    var zero = submit(0);
    Order order = expectOrder(unreachable, 0);
    kit.system().receptionist().tell(Receptionist.deregister(key, unreachable.getRef()));
    TestProbe<Order> other = worker();
    listener.await(0, 1, 2);
    giveBack(unreachable, order, null);

    finish(other, expectOrder(other, 0), "a");

    assertThat(get(zero)).isEqualTo("a");
    unreachable.expectNoMessage(Duration.ZERO);
    kit.system().receptionist().tell(Receptionist.register(key, unreachable.getRef()));
    listener.await(0, 0, 2);
    request(1);
    request(2);
    expectOrder(other, 1);
    expectOrder(unreachable, 2);
  }

  private static void begin(TestProbe<Order> worker, Order order, long version) {
    order
        .replyTo()
        .tell(
            new WorkerEvent.Begun<>(
                order.number() % 100,
                worker.getRef(),
                new WeightSnapshot(new WeightVersion(version, "print"), List.of())));
  }

  @Test
  void work_that_is_handed_out_again_is_done_with_the_proposal_it_was_begun_with()
      throws Exception {
    TestProbe<Order> worker = worker();
    var seven = submit(7);
    Order first = expectOrder(worker, 7);
    begin(worker, first, 3);
    giveBack(worker, first, null);
    Order second = expectOrder(worker, 307);
    worker.stop();
    TestProbe<Order> heir = worker();
    Order third = expectOrder(heir, 307);

    third.replyTo().tell(new WorkerEvent.Finished<>(7, heir.getRef(), "a", TIME));

    assertThat(get(seven)).isEqualTo("a");
    assertThat(second.replyTo()).isEqualTo(third.replyTo());
  }

  @Test
  void in_a_cluster_work_waits_for_a_worker_as_long_as_it_takes() throws Exception {
    kit.stop(pool);
    pool = kit.spawn(WorkerPool.create(settings().ofCluster(), guardian.getRef(), listener));
    var zero = submit(0);
    listener.await(1, 0, 0);
    time.timePasses(Duration.ofDays(30));
    TestProbe<Order> worker = worker();

    finish(worker, expectOrder(worker, 0), "a");

    assertThat(get(zero)).isEqualTo("a");
  }
}

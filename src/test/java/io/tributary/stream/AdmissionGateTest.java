package io.tributary.stream;

import static io.tributary.testing.stream.Draws.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.data.Paused;
import io.tributary.testing.stream.RecordedStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AdmissionGateTest {
  private static ActorTestKit kit;

  private final RecordedStream listener = new RecordedStream();
  private final AtomicLong clock = new AtomicLong();
  private StreamSettings settings;
  private TestPublisher.Probe<Long> in;
  private TestSubscriber.Probe<AdmittedDraw> out;
  private AdmissionGate.Control control;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create();
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  private void run(StreamPlan plan) {
    settings = new StreamSettings(plan, Paused.NONE);
    var gate = new AdmissionGate(settings, listener, clock::get);
    var running =
        TestSource.<Long>create(kit.system())
            .viaMat(gate, Keep.both())
            .toMat(TestSink.create(kit.system()), Keep.both())
            .run(kit.system());
    in = running.first().first();
    control = running.first().second();
    out = running.second();
    out.ensureSubscription();
    in.ensureSubscription();
  }

  private void letThrough(long draw, long version, long learned) {
    out.request(1);
    in.sendNext(draw);
    out.expectNext(new AdmittedDraw(draw, version, learned, clock.get()));
  }

  private void holdBack(long draw) throws InterruptedException {
    out.request(1);
    in.sendNext(draw);
    listener.await("closed");
  }

  @Test
  void draws_pass_up_to_the_bootstrap_and_the_batches_of_the_staleness_bound()
      throws InterruptedException {
    run(plan(3, 4, 8, 1));

    for (long draw = 0; draw < 3 + 2; draw++) {
      letThrough(draw, 1, 0);
    }
    listener.await("limit 20");
    holdBack(5);
  }

  @Test
  void the_bootstrap_lets_a_batch_in_when_it_is_learned_and_is_no_step()
      throws InterruptedException {
    run(plan(1, 4, 8, 0));
    letThrough(0, 1, 0);
    holdBack(1);

    control.advance(2);
    out.expectNext(new AdmittedDraw(1, 2, 0, 0));
    letThrough(2, 2, 0);
    holdBack(3);

    control.advance(2);
    out.expectNext(new AdmittedDraw(3, 2, 1, 0));
  }

  @Test
  void a_bootstrap_that_goes_on_lets_its_next_draws_in() throws InterruptedException {
    run(plan(1, 4, 8, 0));
    letThrough(0, 1, 0);
    holdBack(1);

    control.extend(8);
    out.expectNext(new AdmittedDraw(1, 1, 0, 0));
    letThrough(2, 1, 0);
    listener.await("limit 12");
    holdBack(3);
  }

  @Test
  void each_learned_batch_lets_one_batch_in_stamped_with_the_proposal_of_that_moment()
      throws InterruptedException {
    run(plan(0, 4, 8, 0));
    letThrough(0, 1, 0);
    letThrough(1, 1, 0);
    holdBack(2);

    control.advance(5);
    out.expectNext(new AdmittedDraw(2, 5, 1, 0));
    letThrough(3, 5, 1);
    holdBack(4);

    control.advance(5);
    control.advance(6);
    out.expectNext(new AdmittedDraw(4, 5, 2, 0));
    letThrough(5, 6, 3);
  }

  @Test
  void sequences_that_a_batch_takes_more_let_in_the_draw_that_has_them()
      throws InterruptedException {
    run(plan(0, 4, 8, 0));
    letThrough(0, 1, 0);
    letThrough(1, 1, 0);
    holdBack(2);

    control.extend(1);

    out.expectNext(new AdmittedDraw(2, 1, 0, 0));
    listener.await("limit 9");
    holdBack(3);
  }

  @Test
  void that_a_draw_is_held_back_no_longer_is_told() throws InterruptedException {
    run(plan(0, 4, 4, 0));
    letThrough(0, 1, 0);
    clock.set(100);
    holdBack(1);
    clock.set(130);

    control.advance(1);

    listener.await("opened");
    out.expectNext(new AdmittedDraw(1, 1, 1, 130));
  }

  @Test
  void a_gate_that_ends_while_it_is_closed_tells_so_too() throws InterruptedException {
    run(plan(0, 4, 4, 0));
    letThrough(0, 1, 0);
    holdBack(1);
    clock.set(50);

    out.cancel();

    listener.await("opened");
    in.expectCancellation();
  }

  @Test
  void a_draw_that_is_held_back_when_the_numbers_end_still_passes() throws InterruptedException {
    run(plan(0, 4, 4, 0));
    letThrough(0, 1, 0);
    holdBack(1);
    in.sendComplete();

    control.advance(2);

    out.expectNext(new AdmittedDraw(1, 2, 1, 0));
    out.expectComplete();
  }

  @Test
  void nothing_passes_without_demand() {
    run(plan(0, 4, 4, 0));

    assertThat(in.pending()).isZero();
    letThrough(0, 1, 0);
  }

  @Test
  void a_resumed_stream_is_bounded_from_its_first_draw_on() throws InterruptedException {
    run(new StreamPlan(1000, BootstrapPlan.NONE, 4, 8, 1, 1.0, 7));

    for (long draw = 1000; draw < 1004; draw++) {
      letThrough(draw, 7, 0);
    }
    listener.await("limit 4016");
    holdBack(1004);
  }

  @Test
  void a_paused_gate_lets_nothing_through_and_makes_up_for_it_at_once()
      throws InterruptedException {
    run(plan(0, 4, 8, 1));
    letThrough(0, 1, 0);
    settings.pause(new Paused(true, false));
    out.request(1);
    in.sendNext(1L);
    out.expectNoMessage(Duration.ofMillis(50));
    assertThat(listener.admission).as("a pause is not the bound").doesNotContain("closed");

    settings.pause(new Paused(false, true));

    out.expectNext(new AdmittedDraw(1, 1, 0, 0));
    letThrough(2, 1, 0);
    letThrough(3, 1, 0);
    holdBack(4);
  }

  @Test
  void a_raised_bound_lets_draws_in_at_once_and_a_lowered_one_waits_for_learning()
      throws InterruptedException {
    run(plan(0, 4, 8, 0));
    letThrough(0, 1, 0);
    letThrough(1, 1, 0);
    holdBack(2);

    settings.maxStaleness(1);
    listener.await("limit 16");
    out.expectNext(new AdmittedDraw(2, 1, 0, 0));
    letThrough(3, 1, 0);

    settings.maxStaleness(0);
    listener.await("limit 8");
    holdBack(4);
    control.advance(1);
    listener.await("limit 16");
    control.advance(1);
    out.expectNext(new AdmittedDraw(4, 1, 2, 0));
  }
}

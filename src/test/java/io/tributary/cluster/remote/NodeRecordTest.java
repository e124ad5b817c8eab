package io.tributary.cluster.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.LeaseId;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.cluster.wire.ToTrainer.Hello;
import io.tributary.cluster.wire.ToTrainer.OfferedSlot;
import io.tributary.cluster.wire.ToTrainer.Ready;
import io.tributary.data.DrawOrder;
import io.tributary.data.DrawOrder.Purpose;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.NodeStatus;
import io.tributary.testing.stream.Draws;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeRecordTest {
  private static final int SEQUENCES = 8;
  private static final String METRICS = "https://worker-1.example.org:9464/metrics";
  private static final LeaseId ID = new LeaseId(1, 1, Purpose.TRAINING, 0);
  private final ActorRef<ToNode> ref = TestInbox.<ToNode>create().getRef();
  private final List<ActorRef<ToSlot>> slots =
      List.of(
          TestInbox.<ToSlot>create("a").getRef(),
          TestInbox.<ToSlot>create("b").getRef(),
          TestInbox.<ToSlot>create("c").getRef());
  private final RunMetrics metrics = new RunMetrics(Map.of(), Clock.systemUTC());
  private long nanos = 5;
  private final NodeRecords records = new NodeRecords(metrics, () -> nanos);
  private final NodeRecord node =
      records.welcomed("node-0", new Hello(1, 1, "0.2.0", METRICS, "", ref));

  private NodeStatus status() {
    return records.get().get(0);
  }

  /** With two samplers and a scorer. */
  private void admit() {
    node.admitted(
        new Ready(
            1,
            1,
            "class",
            List.of(
                new OfferedSlot(SlotKind.SAMPLER, "gpu:0", slots.get(0)),
                new OfferedSlot(SlotKind.SAMPLER, "gpu:1", slots.get(1)),
                new OfferedSlot(SlotKind.SCORER, "gpu:0", slots.get(2))),
            ref),
        true);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private void draw(double busySeconds) {
    node.finished(
        Stage.SAMPLER,
        new FromSlot.Drawn(
            ID,
            Draws.draw(new DrawOrder(0, 0, Purpose.TRAINING, SEQUENCES)),
            WorkTime.busy(Duration.ofMillis(Math.round(1e3 * busySeconds)))));
  }

  private String exposed() {
    return new String(metrics.scrape(null).body(), StandardCharsets.UTF_8);
  }

  @Test
  void aNodeThatJoinsHasNoWorkersYet() {
    NodeStatus status = status();
    assertThat(status.name()).isEqualTo("node-0");
    assertThat(status.build()).isEqualTo("0.2.0");
    assertThat(status.devices()).isEmpty();
    assertThat(status.numerics()).isNull();
    assertThat(status.version()).isNull();
    assertThat(status.samplersBusy()).isNaN();
    assertThat(status.roundTripSeconds()).isNaN();
    assertThat(status.metrics()).isEqualTo(METRICS);
  }

  /** The console page shows it as a link, and Prometheus calls it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "javascript:alert(1)",
        "http://worker:1/metrics?x=y",
        "http://user@worker:1/metrics",
        "http://worker/metrics"
      })
  void anAddressOfMetricsThatIsNoneIsNotShown(String metrics) {
    assertThat(records.welcomed("node-1", new Hello(1, 1, "", metrics, "", ref)).status().metrics())
        .isNull();
  }

  @Test
  void itsWorkersAreThoseThatItOffers() {
    admit();
    NodeStatus status = status();
    assertThat(status.devices()).containsExactly("gpu:0", "gpu:1");
    assertThat(status.samplers()).isEqualTo(2);
    assertThat(status.scorers()).isEqualTo(1);
    assertThat(status.numerics()).isEqualTo("class");
    assertThat(status.sameNumerics()).isTrue();
    assertThat(metrics.value(Metric.NODE_WORKERS, "node-0", "sampler")).isEqualTo(2);
  }

  @Test
  void itHoldsTheOldestVersionThatASamplerHolds() {
    admit();
    assertThat(metrics.value(Metric.NODE_PROPOSAL_VERSION, "node-0")).isZero();
    node.holds(slots.get(0), 7);
    assertThat(status().version()).isNull();
    node.holds(slots.get(1), 6);
    assertThat(status().version()).isEqualTo(6);
    node.holds(slots.get(1), 8);
    assertThat(status().version()).isEqualTo(7);
    assertThat(metrics.value(Metric.NODE_PROPOSAL_VERSION, "node-0")).isEqualTo(7);
  }

  @Test
  void speedAndBusyShareAreThoseOfTheLastMinute() {
    admit();
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofSeconds(2));
      draw(i < 50 ? 4 : 1);
    }

    assertThat(status().sequencesPerSecond()).isCloseTo(SEQUENCES / 2.0, within(1e-9));
    assertThat(status().samplersBusy()).isCloseTo(0.25, within(1e-9));
    assertThat(status().scorersBusy()).isZero();
    assertThat(metrics.value(Metric.NODE_SEQUENCES_TOTAL, "node-0", "sampler"))
        .isEqualTo(100.0 * SEQUENCES);
    assertThat(metrics.value(Metric.NODE_BUSY_SECONDS_TOTAL, "node-0", "sampler")).isEqualTo(250);
  }

  @Test
  void drawsThatTakeLongerThanAMinuteHaveASpeedToo() {
    admit();
    for (int i = 0; i < 4; i++) {
      pass(Duration.ofMinutes(5));
      draw(240);
    }
    pass(Duration.ofMinutes(4));

    assertThat(status().sequencesPerSecond()).isCloseTo(SEQUENCES / 300.0, within(1e-9));
    assertThat(status().samplersBusy()).isCloseTo(0.4, within(1e-9));
  }

  @Test
  void aSilenceSlowsItDown() {
    admit();
    for (int i = 0; i < 60; i++) {
      pass(Duration.ofSeconds(1));
      draw(1);
    }
    pass(Duration.ofMinutes(10));

    assertThat(status().sequencesPerSecond()).isLessThan(1);
    assertThat(status().lastHeardSeconds()).isEqualTo(660);
    node.heard();
    assertThat(status().lastHeardSeconds()).isZero();
  }

  @Test
  void theRoundTripIsThatOfTheLastPing() {
    long sent = nanos;
    pass(Duration.ofMillis(20));
    node.answered(sent);
    assertThat(status().roundTripSeconds()).isEqualTo(0.02);
    assertThat(metrics.value(Metric.NODE_ROUND_TRIP_SECONDS, "node-0")).isEqualTo(0.02);
  }

  /** The next node has its name, and its counters go on. */
  @Test
  void onlyTheCountersOfANodeThatIsGoneStay() {
    admit();
    node.answered(nanos);
    node.holds(slots.get(0), 7);
    draw(1);
    records.forget(node);
    node.heard(); // of its last words
    node.answered(nanos);
    node.holds(slots.get(1), 7);

    assertThat(exposed().lines().filter(line -> line.contains("node=\"node-0\"")))
        .isNotEmpty()
        .allMatch(line -> line.contains("_total{"));
  }
}

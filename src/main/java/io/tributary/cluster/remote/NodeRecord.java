package io.tributary.cluster.remote;

import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.cluster.wire.ToTrainer.Hello;
import io.tributary.cluster.wire.ToTrainer.OfferedSlot;
import io.tributary.cluster.wire.ToTrainer.Ready;
import io.tributary.data.NodeState;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.NodeStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one node, for people and metrics. Whoever has to do with the node enters what it
 * hears; nothing is decided from it. Thread-safe.
 */
final class NodeRecord {
  /** What a node may name as the place of its metrics. */
  private static final String METRICS = "https?://[A-Za-z0-9.\\[\\]:-]+:\\d{1,5}/metrics";

  private final String name;
  private final Hello hello;
  private final RunMetrics metrics;
  private final LongSupplier nanoTime;
  private final Runnable onState;
  private final Map<ActorRef<ToSlot>, Long> versions = new HashMap<>();
  private final RecentWork sampled;
  private final RecentWork scored;
  private volatile NodeState state = NodeState.JOINING;
  private volatile boolean leaves;
  private volatile @Nullable String dismissed;
  private List<OfferedSlot> slots = List.of();
  private @Nullable String numerics;
  private boolean sameNumerics;
  private double roundTripSeconds = Double.NaN;
  private long heardNanos;
  private boolean gone;

  /**
   * @param onState called after each change of state
   */
  NodeRecord(
      String name, Hello hello, RunMetrics metrics, LongSupplier nanoTime, Runnable onState) {
    this.name = name;
    this.hello = hello;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    this.onState = onState;
    this.sampled = new RecentWork(nanoTime.getAsLong());
    this.scored = new RecentWork(nanoTime.getAsLong());
    heard();
  }

  /** Host and port. */
  String address() {
    return Node.hostPort(hello.node().path().address());
  }

  String name() {
    return name;
  }

  NodeState state() {
    return state;
  }

  /** Whether it has said that it leaves. */
  boolean leaves() {
    return leaves;
  }

  /** The trainer has told it to end, since this has happened. */
  void dismissed(String reason) {
    if (dismissed == null) {
      dismissed = reason;
    }
  }

  /** Why the trainer has told it to end; null if it has not. */
  @Nullable String dismissed() {
    return dismissed;
  }

  void state(NodeState next) {
    state = next;
    leaves |= next == NodeState.LEAVING;
    onState.run();
  }

  /**
   * The node is admitted, or has other slots than before.
   *
   * @param same whether it computes the same bits as the trainer
   */
  synchronized void admitted(Ready ready, boolean same) {
    slots = ready.slots();
    versions.keySet().retainAll(slots.stream().map(OfferedSlot::slot).toList());
    numerics = ready.numerics();
    sameNumerics = same;
    metrics.set(Metric.NODE_WORKERS, count(SlotKind.SAMPLER), name, Stage.SAMPLER.label());
    metrics.set(Metric.NODE_WORKERS, count(SlotKind.SCORER), name, Stage.SCORER.label());
    for (Stage stage : new Stage[] {Stage.SAMPLER, Stage.SCORER}) { // so that they are there
      metrics.add(Metric.NODE_SEQUENCES_TOTAL, 0, name, stage);
      metrics.add(Metric.NODE_BUSY_SECONDS_TOTAL, 0, name, stage);
    }
    metrics.add(Metric.NODE_LEASES_RESENT_TOTAL, 0, name);
    metrics.add(Metric.NODE_AUDITS_SKIPPED_TOTAL, 0, name);
    hold();
  }

  /** Something has come from the node. */
  synchronized void heard() {
    heardNanos = nanoTime.getAsLong();
    if (!gone) {
      metrics.setNow(Metric.NODE_HEARD_TIMESTAMP_SECONDS, name);
    }
  }

  /** A ping was answered. */
  synchronized void answered(long sentNanos) {
    heard();
    roundTripSeconds = (nanoTime.getAsLong() - sentNanos) / 1e9;
    if (!gone) {
      metrics.set(Metric.NODE_ROUND_TRIP_SECONDS, roundTripSeconds, name);
    }
  }

  /** A sequence that it drew was scored again; both values of log q differ by so much. */
  void audited(double differenceNats) {
    metrics.observe(Metric.NODE_AUDIT_DIFFERENCE_NATS, differenceNats, name);
  }

  /** Sequences that it drew should have been scored again, and there was no time. */
  void auditSkipped(int sequences) {
    metrics.add(Metric.NODE_AUDITS_SKIPPED_TOTAL, sequences, name);
  }

  /** A lease of one of its slots was sent again. */
  void resent() {
    metrics.add(Metric.NODE_LEASES_RESENT_TOTAL, 1, name);
  }

  /** A sampler's slot holds this version of the proposal. */
  synchronized void holds(ActorRef<ToSlot> slot, long version) {
    versions.put(slot, version);
    hold();
  }

  private void hold() {
    Long held = version();
    if (!gone && count(SlotKind.SAMPLER) > 0) {
      metrics.set(Metric.NODE_PROPOSAL_VERSION, held == null ? 0 : held, name);
    } else {
      metrics.remove(Metric.NODE_PROPOSAL_VERSION, name);
    }
  }

  /** The result of a lease of a sampler or a scorer has arrived. */
  synchronized void finished(Stage stage, FromSlot.Result result) {
    (stage == Stage.SAMPLER ? sampled : scored)
        .add(nanoTime.getAsLong(), result.sequences(), result.time());
    metrics.add(Metric.NODE_SEQUENCES_TOTAL, result.sequences(), name, stage);
    metrics.add(Metric.NODE_BUSY_SECONDS_TOTAL, result.time().busySeconds(), name, stage);
  }

  /** The node will not come back: only its counters stay, for the next node of its name. */
  synchronized void gone() {
    gone = true;
    metrics.remove(Metric.NODE_HEARD_TIMESTAMP_SECONDS, name);
    metrics.remove(Metric.NODE_ROUND_TRIP_SECONDS, name);
    metrics.remove(Metric.NODE_PROPOSAL_VERSION, name);
    metrics.remove(Metric.NODE_WORKERS, name, Stage.SAMPLER.label());
    metrics.remove(Metric.NODE_WORKERS, name, Stage.SCORER.label());
  }

  synchronized NodeStatus status() {
    long now = nanoTime.getAsLong();
    int samplers = count(SlotKind.SAMPLER);
    int scorers = count(SlotKind.SCORER);
    return new NodeStatus(
        name,
        address(),
        hello.build(),
        state,
        slots.stream().map(OfferedSlot::device).distinct().toList(),
        samplers,
        scorers,
        version(),
        (samplers > 0 ? sampled : scored).sequencesPerSecond(now),
        sampled.busyShare(now, samplers),
        scored.busyShare(now, scorers),
        roundTripSeconds,
        (now - heardNanos) / 1e9,
        numerics,
        sameNumerics,
        hello.metrics().matches(METRICS) ? hello.metrics() : null);
  }

  /** The oldest that one of its samplers holds; null while one holds none. */
  private @Nullable Long version() {
    int samplers = count(SlotKind.SAMPLER);
    return samplers == 0 || versions.size() < samplers
        ? null
        : versions.values().stream().min(Long::compare).orElse(null);
  }

  private int count(SlotKind kind) {
    return (int) slots.stream().filter(slot -> slot.kind() == kind).count();
  }
}

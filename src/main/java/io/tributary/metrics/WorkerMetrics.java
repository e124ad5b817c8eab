package io.tributary.metrics;

import io.tributary.data.NodeState;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Stage;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

/** The metrics of a worker on another machine than the trainer, as it sees itself. Thread-safe. */
public final class WorkerMetrics extends ProcessMetrics {

  /** What only workers have. */
  static final EnumSet<Metric> OWN =
      EnumSet.of(
          Metric.WORKER_STATE,
          Metric.WORKER_SEQUENCES_TOTAL,
          Metric.WORKER_BUSY_SECONDS_TOTAL,
          Metric.WORKER_BLOCKED_SECONDS_TOTAL,
          Metric.WORKER_FAILURES_TOTAL,
          Metric.WORKER_PROPOSAL_VERSION,
          Metric.WORKER_FETCHED_BYTES_TOTAL,
          Metric.WORKER_FETCH_SECONDS_TOTAL);

  /** All series of a worker, at their initial values. */
  public WorkerMetrics() {
    super(OWN, List.of());
    state(NodeState.JOINING);
  }

  /** The worker is in this state. */
  public void state(NodeState state) {
    for (NodeState each : NodeState.values()) {
      set(Metric.WORKER_STATE, each == state ? 1 : 0, each.name());
    }
  }

  /** One of its samplers or scorers is done with a piece of work. */
  public void finished(Stage stage, int sequences, WorkTime time) {
    add(Metric.WORKER_SEQUENCES_TOTAL, sequences, stage);
    add(Metric.WORKER_BUSY_SECONDS_TOTAL, time.busySeconds(), stage);
    for (BlockedReason reason : time.blocked().keySet()) {
      add(Metric.WORKER_BLOCKED_SECONDS_TOTAL, time.blockedSeconds(reason), stage, reason);
    }
  }

  /** One of its samplers or scorers has failed. */
  public void failed(Stage stage) {
    add(Metric.WORKER_FAILURES_TOTAL, 1, stage);
  }

  /** One of its samplers holds this version of the proposal. */
  public void holds(long version) {
    set(Metric.WORKER_PROPOSAL_VERSION, version);
  }

  /** It has fetched so much from the trainer, or has failed to. */
  public void fetched(long bytes, Duration time) {
    add(Metric.WORKER_FETCHED_BYTES_TOTAL, (double) bytes);
    add(Metric.WORKER_FETCH_SECONDS_TOTAL, WorkTime.seconds(time));
  }
}

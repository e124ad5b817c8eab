package io.tributary.protocol;

import io.tributary.data.NodeState;
import java.util.List;

/**
 * The status of a worker, as it sees itself.
 *
 * @param reasons why it does not work for a trainer; empty if it does
 */
public record WorkerStatus(NodeState state, List<String> reasons) {
  public WorkerStatus {
    reasons = List.copyOf(reasons);
  }
}

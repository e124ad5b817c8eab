package io.tributary.protocol;

import io.tributary.data.NodeState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status of a worker's node at one point in time.
 *
 * @param name its place, from a bounded set: the next node has the name of one that is gone
 * @param address host and port at which it is a node of the cluster
 * @param build version of its program
 * @param devices of its samplers and scorers, each once
 * @param version of the proposal that all of its samplers hold; null if they hold none yet, or if
 *     it has no samplers
 * @param sequencesPerSecond drawn within the last minute or, if it has no samplers, scored
 * @param samplersBusy share of the time that its samplers computed; NaN if it has none
 * @param scorersBusy share of the time that its scorers computed; NaN if it has none
 * @param roundTripSeconds from the last ping to its answer; NaN if there is none yet
 * @param lastHeardSeconds time since it was heard last
 * @param numerics class of its arithmetic; null while it joins
 * @param sameNumerics whether it computes the same bits as the trainer
 * @param metrics URI at which it serves metrics; null if it can't be called from elsewhere
 */
public record NodeStatus(
    String name,
    String address,
    String build,
    NodeState state,
    List<String> devices,
    int samplers,
    int scorers,
    @Nullable Long version,
    double sequencesPerSecond,
    double samplersBusy,
    double scorersBusy,
    double roundTripSeconds,
    double lastHeardSeconds,
    @Nullable String numerics,
    boolean sameNumerics,
    @Nullable String metrics) {
  public NodeStatus {
    devices = List.copyOf(devices);
  }
}

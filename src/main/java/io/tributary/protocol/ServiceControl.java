package io.tributary.protocol;

import io.tributary.config.binding.Setting;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/**
 * Controls a running service on behalf of its operators. A request is answered when it is done or
 * refused, and never done in part. Every request is recorded in the audit log. Thread-safe.
 */
public interface ServiceControl {

  /** What an operator may ask for. */
  enum Action {
    /** Admit no further draws; what is in flight is learned. */
    PAUSE_SAMPLING,
    /** Make no further steps; samplers continue up to the bound on staleness. */
    PAUSE_LEARNING,
    /** End every pause. */
    RESUME,
    /** Write a checkpoint now. */
    CHECKPOINT,
    /** Make the policy the proposal now, whichever is closer to p. */
    SWAP_PROPOSAL,
    /** Finish what is in flight, write a checkpoint, end the process. */
    DRAIN
  }

  /** What an operator may ask of one node of a cluster. */
  enum NodeAction {
    /** Finish what it is at, leave, and end with exit code 0. */
    DRAIN_NODE,
    /** End at once, with the exit code that asks for a new start; its work is given to others. */
    DISMISS_NODE
  }

  /** The answer to a request. */
  sealed interface Answer {
    /** What was done, or why it was not. */
    String text();
  }

  /** It is done; {@link Action#DRAIN} has begun. */
  record Done(String text) implements Answer {}

  /** It was not understood or is not allowed: asking again does not help. */
  record Invalid(String text) implements Answer {}

  /** It can't be done in the current state, or it failed. */
  record Unable(String text) implements Answer {}

  /**
   * Performs an action.
   *
   * @param from who asks, for the audit log: the peer's address
   */
  CompletionStage<Answer> perform(Action action, String from);

  /**
   * Performs an action on a node.
   *
   * @param node its name, or its address as host and port
   * @param from who asks, for the audit log: the peer's address
   */
  CompletionStage<Answer> perform(NodeAction action, String node, String from);

  /**
   * Changes settings of the running service: all of them, or none.
   *
   * @param values by key, relative to {@code tributary} and with dots, as after {@code -D}; or
   *     numbers of samplers and scorers of nodes, as in {@code nodes.node-0.samplers.count}
   * @param from who asks, for the audit log: the peer's address
   */
  CompletionStage<Answer> change(Map<String, String> values, String from);

  /** The settings in force; answers at once. */
  ConfigView config();

  /**
   * The settings that a service runs with, at one point in time.
   *
   * @param settings by key, relative to {@code tributary} and with dots
   * @param changes made since the process started, oldest first; only the latest are kept
   */
  record ConfigView(SortedMap<String, Setting> settings, List<Change> changes) {

    /**
     * A change of one setting of a running service.
     *
     * @param before the value before, as JSON
     * @param after the value since, as JSON
     */
    public record Change(Instant at, String from, String key, String before, String after) {}

    public ConfigView {
      settings = Collections.unmodifiableSortedMap(new TreeMap<>(Map.copyOf(settings)));
      changes = List.copyOf(changes);
    }
  }
}

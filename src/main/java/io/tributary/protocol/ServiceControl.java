package io.tributary.protocol;

import java.util.Map;
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

  /** The answer to a request. */
  sealed interface Answer {}

  /**
   * It is done; {@link Action#DRAIN} has begun.
   *
   * @param what was done, in words
   */
  record Done(String what) implements Answer {}

  /**
   * It was not understood or is not allowed: asking again does not help.
   *
   * @param reason what was got, and what was expected
   */
  record Invalid(String reason) implements Answer {}

  /**
   * It can't be done in the present state, or it failed.
   *
   * @param reason why
   */
  record Unable(String reason) implements Answer {}

  /**
   * Performs an action.
   *
   * @param from who asks, for the audit log: the peer's address
   */
  CompletionStage<Answer> perform(Action action, String from);

  /**
   * Changes settings of the running service: all of them, or none.
   *
   * @param values by key, relative to {@code tributary} and with dots, as after {@code -D}
   * @param from who asks, for the audit log: the peer's address
   */
  CompletionStage<Answer> change(Map<String, String> values, String from);

  /** The settings in force; answers at once. */
  ConfigView config();
}

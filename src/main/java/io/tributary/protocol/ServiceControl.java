package io.tributary.protocol;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * The operator's hand on a running service. An answer comes when what was asked is done, or is
 * refused; nothing is done by halves. Every call is written to the audit log. Safe for use by
 * several threads.
 */
public interface ServiceControl {

  /** What an operator may ask for. */
  enum Action {
    /** Admit no further draws; what is in flight is learned. */
    PAUSE_SAMPLING,
    /** Take no further steps; samplers go on up to the bound on staleness. */
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

  /** What became of a request. */
  sealed interface Answer {}

  /**
   * It is done, or for {@link Action#DRAIN} begun.
   *
   * @param what in words
   */
  record Done(String what) implements Answer {}

  /**
   * It was not understood or is not allowed: asking again will not help.
   *
   * @param reason what was got, and what was expected
   */
  record Invalid(String reason) implements Answer {}

  /**
   * It can't be done in the present state, or failed.
   *
   * @param reason why not
   */
  record Unable(String reason) implements Answer {}

  /**
   * Does something.
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

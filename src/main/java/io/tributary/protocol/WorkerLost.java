package io.tributary.protocol;

import org.apache.pekko.actor.typed.ActorRef;

/**
 * A sampler or scorer has been given up by the sender, and must be replaced under a new address. It
 * may still be alive, perhaps stuck in a computation.
 *
 * @param reason what happened, as a predicate without its subject, for the log
 */
public record WorkerLost(ActorRef<?> worker, Cause cause, String reason) {

  /** How a worker was lost. */
  public enum Cause {
    /** It gave no sign of life, or confirmed no proposal, for too long. */
    SILENT,
    /** It returned a result that does not fit what it was asked for. */
    INVALID_RESULT
  }
}

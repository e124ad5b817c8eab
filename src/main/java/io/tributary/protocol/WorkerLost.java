package io.tributary.protocol;

import io.tributary.metrics.Label.FailureReason;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A sampler or scorer has been given up by the sender, and must be replaced under a new address. It
 * may still be alive, perhaps stuck in a computation.
 *
 * @param cause {@code STALLED} if it gave no sign of life, or confirmed no proposal, for too long;
 *     {@code INVALID} if it returned a result that does not fit what it was asked for
 * @param reason what happened, as a predicate without its subject, for the log
 */
public record WorkerLost(ActorRef<?> worker, FailureReason cause, String reason) {}

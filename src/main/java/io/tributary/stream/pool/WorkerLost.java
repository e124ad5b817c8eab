package io.tributary.stream.pool;

import io.tributary.metrics.FailureReason;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A worker that gave no sign of life for too long, or a result that can't be. The pool has given it
 * up and uses it no more; it may still be alive, perhaps stuck in a computation, and wants
 * replacing under a new address.
 *
 * @param worker the one that is lost
 * @param draw number of the draw that it had
 * @param failure how it failed
 * @param reason for the log
 */
public record WorkerLost(ActorRef<?> worker, long draw, FailureReason failure, String reason) {}

package io.tributary.protocol;

import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A sampler has got a proposal and confirmed none for too long: it is of no use.
 *
 * @param version of the proposal that it ought to have by now
 * @param silence for how long it has confirmed none
 */
public record SamplerOverdue(ActorRef<SamplerCommand> sampler, long version, Duration silence) {}

package io.tributary.protocol;

import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.WeightSnapshot;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/** What a sampler is told. */
public sealed interface SamplerCommand {

  /** Samplers register under this key, on this machine or another. */
  ServiceKey<SamplerCommand> KEY = ServiceKey.create(SamplerCommand.class, "sampler");

  /**
   * Make a draw: with the newest weights, for which it waits if they are too old for the order, or
   * with those that an earlier attempt was begun with.
   */
  record DrawSequences(DrawOrder order, ActorRef<WorkerEvent<Draw>> replyTo)
      implements SamplerCommand {}

  /** Take over these weights as the proposal, between draws, and confirm their fingerprint. */
  record TakeOver(WeightSnapshot proposal, ActorRef<TakenOver> replyTo) implements SamplerCommand {}

  /** Confirmation: the sampler's own copy now has this version and this fingerprint. */
  record TakenOver(ActorRef<SamplerCommand> sampler, long version, String fingerprint) {}
}

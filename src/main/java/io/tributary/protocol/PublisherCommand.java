package io.tributary.protocol;

import io.tributary.data.WeightSnapshot;
import io.tributary.protocol.SamplerCommand.TakenOver;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/** What the publisher is told. */
public sealed interface PublisherCommand {

  /** These weights are the proposal from now on: bring them to all samplers, those to come too. */
  record ReplaceProposal(WeightSnapshot proposal) implements PublisherCommand {}

  /** The samplers that are there now. */
  record SamplersListed(Set<ActorRef<SamplerCommand>> samplers) implements PublisherCommand {}

  /** A sampler's confirmation. */
  record Confirmed(TakenOver confirmation) implements PublisherCommand {}

  /** A sampler has confirmed nothing for long after it got a proposal. */
  record SamplerSilent(ActorRef<SamplerCommand> sampler) implements PublisherCommand {}

  /** The time that samplers have to confirm this version is over. */
  record ConfirmationDue(long version) implements PublisherCommand {}
}

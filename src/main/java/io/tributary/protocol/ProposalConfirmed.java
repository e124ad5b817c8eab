package io.tributary.protocol;

import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Which samplers have confirmed which version of the proposal.
 *
 * @param samplers version confirmed last, by sampler
 */
public record ProposalConfirmed(long version, Map<ActorRef<SamplerCommand>, Long> samplers) {
  public ProposalConfirmed {
    samplers = Map.copyOf(samplers);
  }

  /** Number of samplers that have confirmed the current proposal. */
  public long confirmed() {
    return samplers.values().stream().filter(confirmed -> confirmed == version).count();
  }

  /** The confirmed versions by {@link #name}, for people to read. */
  public Map<String, Long> byName() {
    Map<String, Long> versions = new HashMap<>();
    samplers.forEach((sampler, confirmed) -> versions.merge(name(sampler), confirmed, Math::max));
    return versions;
  }

  /**
   * What people call a sampler: its place, which outlives the actor in it. {@code sampler-0.3} is
   * {@code sampler-0}; {@code sampler-0@node-1.3}, on another machine, is {@code sampler-0@node-1}.
   */
  public static String name(ActorRef<SamplerCommand> sampler) {
    String name = sampler.path().name();
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }
}

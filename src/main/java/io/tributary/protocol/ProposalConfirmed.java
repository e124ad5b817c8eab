package io.tributary.protocol;

import java.util.Map;

/**
 * Which samplers have confirmed which version of the proposal.
 *
 * @param version the current proposal
 * @param samplers confirmed version by the sampler's name
 */
public record ProposalConfirmed(long version, Map<String, Long> samplers) {
  public ProposalConfirmed {
    samplers = Map.copyOf(samplers);
  }

  /** Number of samplers that have confirmed the current proposal. */
  public long confirmed() {
    return samplers.values().stream().filter(confirmed -> confirmed == version).count();
  }
}

package io.tributary.protocol;

import io.tributary.data.WeightSnapshot;

/** Commands to the publisher. */
public sealed interface PublisherCommand {

  /** Make these weights the proposal of all samplers, including those that start later. */
  record ReplaceProposal(WeightSnapshot proposal) implements PublisherCommand {}
}

package io.tributary.protocol;

import io.tributary.data.WeightSnapshot;

/** What the publisher is told. */
public sealed interface PublisherCommand {

  /** Make these weights the proposal of all samplers, including those that start later. */
  record ReplaceProposal(WeightSnapshot proposal) implements PublisherCommand {}
}

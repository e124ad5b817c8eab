package io.tributary.protocol;

import io.tributary.data.WeightSnapshot;

/** What the publisher is told. */
public sealed interface PublisherCommand {

  /** These weights are the proposal from now on: bring them to all samplers, future ones too. */
  record ReplaceProposal(WeightSnapshot proposal) implements PublisherCommand {}
}

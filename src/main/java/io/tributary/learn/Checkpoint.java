package io.tributary.learn;

import io.tributary.data.TensorBytes;
import java.util.List;

/**
 * Everything that a run goes on from.
 *
 * @param state counters, Z, windows
 * @param policy weights of pi
 * @param proposal weights of q
 * @param optimizer moments of AdamW
 * @param valueHead weights of the value function; none where the objective has none
 */
public record Checkpoint(
    LearnerState state,
    List<TensorBytes> policy,
    List<TensorBytes> proposal,
    List<TensorBytes> optimizer,
    List<TensorBytes> valueHead) {
  public Checkpoint {
    policy = List.copyOf(policy);
    proposal = List.copyOf(proposal);
    optimizer = List.copyOf(optimizer);
    valueHead = List.copyOf(valueHead);
  }
}

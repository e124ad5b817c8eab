package io.tributary.stage.learn.checkpoint;

import io.tributary.data.TensorBytes;
import io.tributary.model.DecoderConfig;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything a run is resumed from.
 *
 * @param model configuration of the model that policy and proposal are weights of
 * @param state counters, Z, windows
 * @param policy weights of pi
 * @param proposal weights of q
 * @param optimizer moments of AdamW
 * @param valueHead weights of the value function; none where the objective has none
 */
public record Checkpoint(
    DecoderConfig model,
    LearnerState state,
    List<TensorBytes> policy,
    List<TensorBytes> proposal,
    List<TensorBytes> optimizer,
    List<TensorBytes> valueHead) {
  /** For names and shapes of tensors, the state, the manifest, and partly filled disk blocks. */
  private static final long SPARE_BYTES = 1 << 20;

  public Checkpoint {
    policy = List.copyOf(policy);
    proposal = List.copyOf(proposal);
    optimizer = List.copyOf(optimizer);
    valueHead = List.copyOf(valueHead);
  }

  /** Upper bound of its size on disk, in bytes. */
  public long bytes() {
    long tensors =
        Stream.of(policy, proposal, optimizer, valueHead)
            .flatMap(List::stream)
            .mapToLong(tensor -> tensor.bytes().length)
            .sum();
    return tensors + SPARE_BYTES;
  }
}

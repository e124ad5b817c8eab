package io.tributary.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.tributary.data.TensorBytes;
import io.tributary.tensor.TensorCopy;
import io.tributary.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A causal language model on one device: its weights, and the forward pass of its family up to the
 * last hidden states, which {@link OutputLayer} turns into log-probabilities.
 *
 * <p>B is the number of sequences, T their padded length, D the width. Arrays made by a pass belong
 * to the {@link NDScope} around it. Several threads may compute with one model as long as none
 * changes its weights.
 */
public abstract class LanguageModel implements AutoCloseable {
  private static final float FORBIDDEN = -1e9f;

  private final DecoderConfig config;
  private final NDManager manager;
  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final NDArray output;

  /**
   * Copies the weights to the device.
   *
   * @throws IllegalArgumentException if they are not the tensors of {@code config}
   */
  protected LanguageModel(DecoderConfig config, List<TensorBytes> tensors, Device device) {
    Set<String> names = tensors.stream().map(TensorBytes::name).collect(Collectors.toSet());
    TensorLayout layout = config.tensors();
    if (!names.equals(layout.shapes().keySet())) {
      throw new IllegalArgumentException("the model has no such tensors: " + names);
    }
    this.config = config;
    this.manager = Torch.newManager(device);
    tensors.forEach(tensor -> weights.put(tensor.name(), TensorCopy.create(manager, tensor)));
    this.output = weight(layout.output());
  }

  /**
   * Hidden states of new tokens, each of which attends to itself and to what is before it.
   *
   * @param tokens token ids, int64 (B, T); their positions follow those in the cache
   * @param cache keys and values of earlier tokens, extended by this pass; null without
   * @param dropout probability of dropout; 0 for none
   * @param blockInputs receives the input of each block in turn, (B T, D)
   * @return the hidden states that the output layer takes, (B T, D)
   */
  protected abstract NDArray forward(
      NDArray tokens, @Nullable KeyValueCache cache, double dropout, Consumer<NDArray> blockInputs);

  /** The last hidden states, (B T, D); parameters as {@link #forward}. */
  final NDArray hidden(NDArray tokens, @Nullable KeyValueCache cache, double dropout) {
    return forward(tokens, cache, dropout, state -> {});
  }

  /**
   * The input of each block, then the last hidden states: {@code layers + 1} arrays (B T, D).
   *
   * @param tokens token ids, int64 (B, T)
   */
  final List<NDArray> states(NDArray tokens) {
    List<NDArray> states = new ArrayList<>();
    NDArray last = forward(tokens, null, 0, states::add);
    states.add(last);
    return states;
  }

  public final DecoderConfig config() {
    return config;
  }

  /** Owner of the weights. */
  protected final NDManager manager() {
    return manager;
  }

  /** The weights under one of the names of {@link DecoderConfig#tensors}. */
  protected final NDArray weight(String name) {
    NDArray weight = weights.get(name);
    if (weight == null) {
      throw new IllegalArgumentException("no such tensor: " + name);
    }
    return weight;
  }

  /** Added to attention scores: each of T tokens sees itself and those before it, (1, 1, T, T). */
  protected final NDArray causalMask(long tokens) {
    int length = Math.toIntExact(tokens);
    float[] mask = new float[length * length];
    for (int query = 0; query < length; query++) {
      Arrays.fill(mask, query * length + query + 1, (query + 1) * length, FORBIDDEN);
    }
    return manager.create(mask, new Shape(1, 1, length, length));
  }

  /** Names and values of all weights, in the model's order. */
  final Map<String, NDArray> weights() {
    return weights;
  }

  /** Weights of the output layer, (V, D). */
  final NDArray output() {
    return output;
  }

  /** A copy of all weights, in the model's order. */
  public final List<TensorBytes> snapshot() {
    List<TensorBytes> tensors = new ArrayList<>();
    weights.forEach((name, weight) -> tensors.add(TensorCopy.toBytes(name, weight)));
    return tensors;
  }

  /** Overwrites all weights, in place. */
  public final void load(List<TensorBytes> tensors) {
    if (tensors.size() != weights.size()) {
      throw new IllegalArgumentException(
          "got %d tensors, the model has %d".formatted(tensors.size(), weights.size()));
    }
    tensors.forEach(tensor -> TensorCopy.set(weight(tensor.name()), tensor));
  }

  @Override
  public final void close() {
    manager.close();
  }
}

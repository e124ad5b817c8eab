package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tributary.tensor.Ops;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of the tokens seen so far, so that a new token costs one column of attention.
 * Memory for the longest sequence is taken at once and filled in place; the arrays belong to the
 * scope in which the cache is made.
 */
public final class KeyValueCache {
  private final NDManager manager;
  private final List<NDArray> keys = new ArrayList<>();
  private final List<NDArray> values = new ArrayList<>();
  private long length;

  /** An empty cache for {@code rows} sequences of at most {@code capacity} tokens. */
  KeyValueCache(LanguageModel model, long rows, long capacity) {
    DecoderConfig config = model.config();
    this.manager = model.manager();
    Shape shape = new Shape(rows, config.keyValueHeads(), capacity, config.headWidth());
    for (int layer = 0; layer < config.layers(); layer++) {
      keys.add(manager.create(shape)); // not initialised
      values.add(manager.create(shape));
    }
  }

  /**
   * Stores keys (B, heads, T, head width) of new tokens of a layer and returns all so far, (B,
   * heads, keys, head width).
   */
  public NDArray keys(int layer, NDArray added) {
    return extend(keys.get(layer), added);
  }

  /** As {@link #keys(int, NDArray)}, for values. */
  public NDArray values(int layer, NDArray added) {
    return extend(values.get(layer), added);
  }

  /**
   * Keys of a layer, (B, heads, keys, head width), those of {@code added} new tokens last, which
   * are to be set in place.
   */
  public NDArray keys(int layer, long added) {
    return Ops.slice(keys.get(layer), 2, 0, length + added);
  }

  /** As {@link #keys(int, long)}, for values. */
  public NDArray values(int layer, long added) {
    return Ops.slice(values.get(layer), 2, 0, length + added);
  }

  private NDArray extend(NDArray all, NDArray added) {
    long to = length + added.getShape().get(2);
    Ops.assign(all, 2, length, to, added);
    return Ops.slice(all, 2, 0, to);
  }

  /** Called once all layers have stored {@code tokens} new tokens. */
  public void advance(long tokens) {
    length += tokens;
  }

  /** Number of tokens seen so far. */
  public long length() {
    return length;
  }

  /** Keeps only the given rows, in that order. */
  void select(long[] rows) {
    try (NDArray indices = manager.create(rows)) {
      keys.replaceAll(all -> rows(all, indices));
      values.replaceAll(all -> rows(all, indices));
    }
  }

  private static NDArray rows(NDArray all, NDArray indices) {
    NDArray selected = Ops.rows(all, indices);
    all.close();
    return selected;
  }
}

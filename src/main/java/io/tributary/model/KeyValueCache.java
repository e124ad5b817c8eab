package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
  private final List<NDArray> keys;
  private final List<NDArray> values;
  private long length;

  private KeyValueCache(NDManager manager, List<NDArray> keys, List<NDArray> values, long length) {
    this.manager = manager;
    this.keys = keys;
    this.values = values;
    this.length = length;
  }

  /** An empty cache for {@code rows} sequences of at most {@code capacity} tokens. */
  static KeyValueCache create(LanguageModel model, long rows, long capacity) {
    DecoderConfig config = model.config();
    List<NDArray> keys = new ArrayList<>();
    List<NDArray> values = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      keys.add(
          Ops.empty(model.manager(), rows, config.keyValueHeads(), capacity, config.headWidth()));
      values.add(
          Ops.empty(model.manager(), rows, config.keyValueHeads(), capacity, config.headWidth()));
    }
    return new KeyValueCache(model.manager(), keys, values, 0);
  }

  /**
   * Stores keys (B, heads, T, head width) of new tokens of a layer and returns all so far, (B,
   * heads, keys, head width).
   */
  public NDArray keys(int layer, NDArray added) {
    return extend(keys.get(layer), added);
  }

  /** As {@link #keys}, for values. */
  public NDArray values(int layer, NDArray added) {
    return extend(values.get(layer), added);
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

  /** A cache that holds only the given rows, in that order; this one is closed. */
  KeyValueCache select(long[] rows) {
    NDArray indices = manager.create(rows);
    List<NDArray> selectedKeys = select(keys, indices);
    List<NDArray> selectedValues = select(values, indices);
    indices.close();
    return new KeyValueCache(manager, selectedKeys, selectedValues, length);
  }

  private static List<NDArray> select(List<NDArray> arrays, NDArray indices) {
    List<NDArray> selected = new ArrayList<>();
    for (NDArray array : arrays) {
      selected.add(Ops.rows(array, indices));
      array.close();
    }
    return selected;
  }
}

package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tributary.tensor.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences after one prefix, padded on the right for a teacher-forced pass. No token attends to
 * the padding after it, and only hidden states that predict a token of a sequence are kept.
 */
final class SequenceBatch {
  private final int sequences;
  private final int length;
  private final long[] inputs;
  private final long[] rows;
  private final int[] targets;
  private final int[] lengths;

  /**
   * @param prefix tokens before each sequence, at least one
   * @param sequences the tokens to predict, at least one each
   * @param config of the model that reads them
   * @throws IllegalArgumentException if a sequence does not fit into the model's positions or
   *     vocabulary
   */
  SequenceBatch(int[] prefix, List<int[]> sequences, DecoderConfig config) {
    this.sequences = sequences.size();
    if (prefix.length == 0 || sequences.stream().anyMatch(s -> s.length == 0)) {
      throw new IllegalArgumentException("prefix and sequences need at least one token each");
    }
    int longest = sequences.stream().mapToInt(s -> s.length).max().orElseThrow();
    int total = sequences.stream().mapToInt(s -> s.length).sum();
    this.length = prefix.length + longest - 1;
    if (length > config.positions()) {
      throw new IllegalArgumentException(
          "a prefix of %d and a sequence of %d tokens need %d positions, the model has %d"
              .formatted(prefix.length, longest, length, config.positions()));
    }
    this.inputs = new long[this.sequences * length];
    this.rows = new long[total];
    this.targets = new int[total];
    this.lengths = sequences.stream().mapToInt(s -> s.length).toArray();
    int at = 0;
    for (int i = 0; i < this.sequences; i++) {
      int[] tokens = sequences.get(i);
      int start = i * length;
      for (int j = 0; j < prefix.length; j++) {
        inputs[start + j] = config.requireToken(prefix[j]);
      }
      for (int j = 0; j < tokens.length; j++) {
        if (j < tokens.length - 1) {
          inputs[start + prefix.length + j] = config.requireToken(tokens[j]);
        }
        rows[at] = start + prefix.length - 1L + j;
        targets[at] = config.requireToken(tokens[j]);
        at++;
      }
    }
  }

  /**
   * Hidden states of the rows that predict a token, (N, D), N the number of real tokens.
   *
   * @param dropout probability of dropout; 0 for none
   */
  NDArray hidden(LanguageModel model, double dropout) {
    NDManager manager = model.manager();
    NDArray tokens = manager.create(inputs, new Shape(sequences, length)); // (B, T)
    NDArray all = model.hidden(tokens, null, dropout); // (B T, D)
    return Ops.rows(all, manager.create(rows)); // (N, D)
  }

  /** The predicted tokens, N of them: sequence after sequence. */
  int[] targets() {
    return targets;
  }

  /** Splits values of all predicted tokens into one array per sequence. */
  List<double[]> bySequence(double[] byToken) {
    List<double[]> parts = new ArrayList<>(lengths.length);
    int from = 0;
    for (int length : lengths) {
      parts.add(Arrays.copyOfRange(byToken, from, from + length));
      from += length;
    }
    return parts;
  }

  /** Concatenates one array per sequence into values of all predicted tokens. */
  double[] joined(List<double[]> bySequence) {
    int[] got = bySequence.stream().mapToInt(values -> values.length).toArray();
    if (!Arrays.equals(got, lengths)) {
      throw new IllegalArgumentException(
          "expected one value per token for sequences of %s tokens, got %s"
              .formatted(Arrays.toString(lengths), Arrays.toString(got)));
    }
    return bySequence.stream().flatMapToDouble(Arrays::stream).toArray();
  }
}

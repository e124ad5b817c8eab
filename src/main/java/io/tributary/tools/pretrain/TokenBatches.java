package io.tributary.tools.pretrain;

import io.tributary.data.Seeds;
import io.tributary.data.Seeds.Purpose;
import io.tributary.model.SequenceScores;
import java.util.Arrays;
import java.util.List;

/**
 * Batches of token sequences in an order determined by the seed.
 *
 * <p>Steps go through the sequences in a random order, a new one in every pass. The sequences of
 * {@value #STEPS_SORTED} steps are sorted by length and divided into micro-batches, which are then
 * dealt to these steps at random: a micro-batch holds sequences of similar length, so that little
 * of it is padding, while a step holds short and long ones.
 */
final class TokenBatches {
  private static final int STEPS_SORTED = 16;

  private static final long ORDER = 0;
  private static final long DEALING = 1;

  private final int[][] sequences;
  private final int batchSize;
  private final int microBatchSize;
  private final long seed;

  private long pass = -1;
  private int[] order = new int[0];
  private long group = -1;
  private List<List<int[]>> microBatches = List.of();

  /**
   * @param batchSize sequences of a step
   * @param microBatchSize sequences of a micro-batch, a divisor of {@code batchSize}
   */
  TokenBatches(List<int[]> sequences, int batchSize, int microBatchSize, long seed) {
    if (sequences.isEmpty() || microBatchSize < 1 || batchSize % microBatchSize != 0) {
      throw new IllegalArgumentException(
          "expected sequences, and micro-batches that divide a batch, got %d, %d and %d"
              .formatted(sequences.size(), microBatchSize, batchSize));
    }
    this.sequences = sequences.toArray(int[][]::new);
    this.batchSize = batchSize;
    this.microBatchSize = microBatchSize;
    this.seed = seed;
  }

  /** Sequences in one pass over the data. */
  int size() {
    return sequences.length;
  }

  /** The micro-batches of a step, counted from 0. */
  List<List<int[]>> step(long step) {
    long wanted = step / STEPS_SORTED;
    if (wanted != group) {
      microBatches = group(wanted);
      group = wanted;
    }
    int ofStep = batchSize / microBatchSize;
    int from = (int) (step % STEPS_SORTED) * ofStep;
    return microBatches.subList(from, from + ofStep);
  }

  private List<List<int[]>> group(long group) {
    int size = STEPS_SORTED * batchSize;
    int[][] ofGroup = new int[size][];
    for (int i = 0; i < size; i++) {
      ofGroup[i] = sequence(Math.addExact(Math.multiplyExact(group, (long) size), i));
    }
    List<List<int[]>> sorted =
        SequenceScores.byLength(Arrays.asList(ofGroup), microBatchSize).stream()
            .map(rows -> Arrays.stream(rows).mapToObj(i -> ofGroup[i]).toList())
            .toList();
    return Arrays.stream(permutation(sorted.size(), DEALING, group)).mapToObj(sorted::get).toList();
  }

  private int[] sequence(long position) {
    long wanted = position / sequences.length;
    if (wanted != pass) {
      order = permutation(sequences.length, ORDER, wanted);
      pass = wanted;
    }
    return sequences[order[(int) (position % sequences.length)]];
  }

  private int[] permutation(int n, long use, long number) {
    return Seeds.permutation(n, Seeds.generator(seed, Purpose.TEXT_ORDER, use, number));
  }
}

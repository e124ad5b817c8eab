package io.tributary.tools.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TokenBatchesTest {
  private static final int GROUP = 16;

  /** Sequences of lengths 1 to n, whose tokens are all equal to their length. */
  private static List<int[]> sequences(int n) {
    return IntStream.rangeClosed(1, n)
        .mapToObj(
            length -> {
              int[] tokens = new int[length];
              Arrays.fill(tokens, length);
              return tokens;
            })
        .toList();
  }

  private static int[] lengths(List<int[]> sequences) {
    return sequences.stream().mapToInt(tokens -> tokens.length).toArray();
  }

  private static int[] lengths(TokenBatches batches, int fromStep, int toStep) {
    return IntStream.range(fromStep, toStep)
        .mapToObj(batches::step)
        .flatMap(List::stream)
        .flatMapToInt(microBatch -> Arrays.stream(lengths(microBatch)))
        .toArray();
  }

  @Property(tries = 30)
  void everyPassHoldsEverySequenceOnce(
      @ForAll @IntRange(min = 1, max = 3) int microBatchSize,
      @ForAll @IntRange(min = 1, max = 3) int microBatches,
      @ForAll long seed) {
    int n = GROUP * microBatchSize * microBatches;
    TokenBatches batches =
        new TokenBatches(sequences(n), microBatchSize * microBatches, microBatchSize, seed);
    for (int pass = 0; pass < 3; pass++) {
      assertThat(lengths(batches, pass * GROUP, (pass + 1) * GROUP))
          .containsExactlyInAnyOrder(IntStream.rangeClosed(1, n).toArray());
    }
  }

  @Test
  void stepsMayBeReadInAnyOrder() {
    TokenBatches one = new TokenBatches(sequences(20), 8, 4, 7);
    TokenBatches other = new TokenBatches(sequences(20), 8, 4, 7);
    int[] late = lengths(one, 90, 91);
    assertThat(lengths(one, 0, 1)).isEqualTo(lengths(other, 0, 1));
    assertThat(late).isEqualTo(lengths(other, 90, 91));
  }

  @Test
  void passesAndSeedsDifferInTheirOrder() {
    TokenBatches batches = new TokenBatches(sequences(80), 5, 5, 7);
    assertThat(lengths(batches, 0, 16)).isNotEqualTo(lengths(batches, 16, 32));
    assertThat(lengths(batches, 0, 16))
        .isNotEqualTo(lengths(new TokenBatches(sequences(80), 5, 5, 8), 0, 16));
  }

  @Test
  void aMicroBatchHoldsSequencesOfSimilarLengthAndAStepLongAndShortOnes() {
    TokenBatches batches = new TokenBatches(sequences(320), 20, 4, 1);
    for (int step = 0; step < GROUP; step++) {
      List<List<int[]>> microBatches = batches.step(step);
      assertThat(microBatches).hasSize(5);
      assertThat(microBatches)
          .allSatisfy(
              microBatch -> {
                int shortest = lengths(microBatch)[0];
                assertThat(lengths(microBatch))
                    .containsExactly(shortest, shortest + 1, shortest + 2, shortest + 3);
              });
    }
    assertThat(Arrays.stream(lengths(batches, 0, 1))).anyMatch(length -> length < 150);
    assertThat(Arrays.stream(lengths(batches, 0, 1))).anyMatch(length -> length > 150);
  }

  @Test
  void microBatchesThatDoNotDivideABatchAreRefused() {
    assertThatThrownBy(() -> new TokenBatches(sequences(5), 8, 3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 and 8");
  }
}

package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.TinyModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
class SequenceScoresTest {
  private final LanguageModel model = TinyModels.tied(40, 16, 1);
  private final int[] prefix = {39, 7};

  @AfterEach
  void close() {
    model.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100})
  void paddingAndCompanyChangeNothing(int maxRows) {
    List<int[]> sequences = sequences();
    double[] together = new SequenceScores(model, maxRows).logProbs(prefix, sequences);
    for (int i = 0; i < sequences.size(); i++) {
      double alone = new SequenceScores(model, 1).logProbs(prefix, sequences.subList(i, i + 1))[0];
      assertThat(together[i]).isEqualTo(alone, within(2e-5));
    }
  }

  @Test
  void aSequenceIsWorthTheSumOfItsTokensEachBehindTheOthers() {
    int[] tokens = {3, 0, 39, 12};
    SequenceScores scores = new SequenceScores(model, 4);
    double[] alone = new double[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      int[] context = new int[prefix.length + i];
      System.arraycopy(prefix, 0, context, 0, prefix.length);
      System.arraycopy(tokens, 0, context, prefix.length, i);
      alone[i] = scores.logProbs(context, List.of(new int[] {tokens[i]}))[0];
    }
    List<int[]> both = List.of(tokens, new int[] {5});
    List<TokenScores> together = scores.tokens(prefix, both, () -> {});
    assertThat(together.get(0).logProbs()).containsExactly(alone, within(1e-5));
    assertThat(together.get(0).values()).isEmpty();
    double[] sums = together.stream().mapToDouble(s -> Arrays.stream(s.logProbs()).sum()).toArray();
    assertThat(scores.logProbs(prefix, both)).containsExactly(sums);
  }

  @Test
  void aSequenceWithoutTokensIsCertain() {
    double[] logProbs =
        new SequenceScores(model, 2)
            .logProbs(prefix, List.of(new int[0], new int[] {1}, new int[0], new int[0]));
    assertThat(logProbs[1]).isNegative();
    assertThat(new double[] {logProbs[0], logProbs[2], logProbs[3]}).containsOnly(0);
    assertThat(new SequenceScores(model, 2).logProbs(prefix, List.of())).isEmpty();
  }

  @Test
  void everyGroupThatIsComputedIsASignOfLife() {
    AtomicInteger signs = new AtomicInteger();
    new SequenceScores(model, 7).logProbs(prefix, sequences(), signs::incrementAndGet);
    assertThat(signs).as("20 sequences, 7 at once").hasValue(3);
  }

  @Test
  void whatTheModelCanNotReadIsRefused() {
    SequenceScores scores = new SequenceScores(model, 2);
    assertThatThrownBy(() -> scores.logProbs(prefix, List.of(new int[] {40})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("token 40");
    assertThatThrownBy(() -> scores.logProbs(prefix, List.of(new int[] {-1})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("token -1");
    assertThatThrownBy(() -> scores.logProbs(prefix, List.of(new int[16])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("17 positions, the model has 16");
    assertThatThrownBy(() -> scores.logProbs(new int[0], List.of(new int[1])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one token");
  }

  @Test
  void groupsHoldEverySequenceOnceAndSimilarLengthsTogether() {
    List<int[]> groups =
        SequenceScores.byLength(
            List.of(new int[5], new int[1], new int[4], new int[1], new int[9]), 2);
    assertThat(groups).containsExactly(new int[] {1, 3}, new int[] {2, 0}, new int[] {4});
  }

  private static List<int[]> sequences() {
    Random random = new Random(3);
    List<int[]> sequences = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sequences.add(random.ints(1 + random.nextInt(14), 0, 40).toArray());
    }
    return sequences;
  }
}

package io.tributary.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SequenceTest {
  private static final int[] TOKENS = {4, 2};

  private static Sequence sequence(int[] tokens, double... logProposals) {
    return new Sequence(7, 3, tokens, logProposals, 1);
  }

  @Test
  void logProposalIsTheSumOverItsTokens() {
    assertThat(sequence(TOKENS, -0.5, -1.25).logProposal()).isEqualTo(-1.75);
  }

  @Test
  void whatIsNotALogProbabilityOfEachTokenIsRefused() {
    assertThatThrownBy(() -> sequence(new int[0]))
        .hasMessageContaining("sequence 3 of draw 7 has none");
    assertThatThrownBy(() -> sequence(TOKENS, -1))
        .hasMessageContaining("sequence 3 of draw 7 has 2 tokens and log q of 1");
    assertThatThrownBy(() -> sequence(TOKENS, -1, Double.NaN))
        .hasMessageContaining("got NaN in draw 7");
    assertThatThrownBy(() -> sequence(TOKENS, -1, 0.5)).hasMessageContaining("got 0.5 in draw 7");
  }

  @Test
  void logBasesAreKeptOfEachTokenOrOfNone() {
    Sequence sequence = sequence(TOKENS, -0.5, -1);
    double[] features = {1};
    assertThat(new ScoredSequence(sequence, "", features, -3, -3).tokenLogBases()).isEmpty();
    ScoredSequence scored =
        new ScoredSequence(sequence, "", features, -3, new double[] {-1, -2}, new double[0], -4, 2);
    assertThat(scored.tokenLogBases()).containsExactly(-1, -2);
    assertThat(scored.logWeight()).isEqualTo(-2.5, within(1e-12));
    assertThatThrownBy(
            () ->
                new ScoredSequence(
                    sequence, "", features, -3, new double[] {-3}, new double[0], -3, 2))
        .hasMessageContaining("each of 2 tokens or for none, got it for 1");
    for (int decidedAt : new int[] {-1, 3}) {
      assertThatThrownBy(
              () ->
                  new ScoredSequence(
                      sequence, "", features, -3, new double[0], new double[0], -3, decidedAt))
          .hasMessageContaining("a sequence of 2 tokens");
    }
  }
}

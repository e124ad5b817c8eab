package io.tributary.model.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tokens below 10 begin a word, those from 10 on go on with one; 5 is a space. */
class TokenGuideTest {
  private static final int SPACE = 5;

  private static TokenGuide guide(int[]... phrases) {
    return guide(List.of(List.of(phrases)));
  }

  private static TokenGuide guide(List<List<int[]>> lists) {
    return new TokenGuide(lists, token -> token >= 10, token -> token != SPACE);
  }

  private static int[] raised(TokenGuide guide, int... before) {
    TokenGuide.State state = guide.start();
    for (int token : before) {
      state = guide.after(state, token);
    }
    return guide.raised(state);
  }

  @Test
  void whatCompletesAPhraseNextIsRaised() {
    TokenGuide guide =
        guide(new int[] {1}, new int[] {2, 3, 4}, new int[] {3, 11}, new int[] {2, 12});
    assertThat(raised(guide)).containsExactly(1);
    assertThat(raised(guide, 2)).containsExactly(1, 12);
    assertThat(raised(guide, 2, 3)).containsExactly(1, 4, 11);
    assertThat(raised(guide, 3, 3)).containsExactly(1, 11);
    assertThat(raised(guide, 2, 3, 3)).containsExactly(1, 11);
  }

  @Test
  void aPhraseThatBeginsWithinAWordIsNone() {
    TokenGuide guide = guide(new int[] {11}, new int[] {1});
    assertThat(raised(guide)).containsExactly(1, 11);
    assertThat(raised(guide, SPACE)).containsExactly(1, 11);
    assertThat(raised(guide, 7)).containsExactly(1);
  }

  @Test
  void nothingIsRaisedOnceAPhraseHasComeForGood() {
    TokenGuide guide = guide(new int[] {1}, new int[] {2, 3});
    assertThat(raised(guide, 1)).as("unless the word goes on").isEmpty();
    assertThat(raised(guide, 1, 12)).as("which it does").containsExactly(1);
    assertThat(raised(guide, 1, 12, 1)).isEmpty();
    assertThat(raised(guide, 1, 2)).isEmpty();
    assertThat(raised(guide, 1, 2, 3, 7)).isEmpty();
    assertThat(raised(guide, 2, 3, 12, 2)).containsExactly(1, 3);
  }

  @Test
  void ofEachListOneIsNeeded() {
    TokenGuide guide =
        guide(List.of(List.of(new int[] {1}), List.of(new int[] {2}, new int[] {3})));
    assertThat(raised(guide)).containsExactly(1, 2, 3);
    assertThat(raised(guide, 3, 7)).containsExactly(1);
    assertThat(raised(guide, 1)).containsExactly(2, 3);
    assertThat(raised(guide, 1, 2, 7)).isEmpty();
  }

  @Test
  void manyTokensAreNoMilestones() {
    int[][] phrases = IntStream.range(0, 17).mapToObj(i -> new int[] {i}).toArray(int[][]::new);
    assertThat(guide(phrases).raisedBefore(new int[] {SPACE})[0]).hasSize(17);
    assertThat(guide(phrases).milestonesBefore(new int[] {SPACE})[0]).isEmpty();
    assertThat(TokenGuide.NONE.raisedBefore(new int[] {1, 2})).isDeepEqualTo(new int[2][0]);
  }
}

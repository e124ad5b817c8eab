package io.tributary.stream;

import static io.tributary.testing.stream.Draws.draw;
import static io.tributary.testing.stream.Draws.score;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PoolSettingsTest {
  private static final int VOCABULARY = 5;

  private static Optional<String> check(Draw got) {
    return PoolSettings.flawOfDraw(
        new DrawOrder(7, 3, DrawOrder.Purpose.TRAINING, 2), got, VOCABULARY);
  }

  private static Sequence sequence(long draw, int index, int token, double logProposal) {
    return new Sequence(draw, index, new int[] {token}, new double[] {logProposal}, 3);
  }

  private static Draw of(Sequence first, Sequence second) {
    return new Draw(7, DrawOrder.Purpose.TRAINING, 3, List.of(first, second));
  }

  @Test
  void the_draw_that_was_asked_for_is_accepted() {
    assertThat(check(draw(7, 3, 2))).isEmpty();
    assertThat(check(draw(7, 4, 2))).as("a newer proposal").isEmpty();
  }

  @Test
  void a_draw_that_was_not_asked_for_is_refused() {
    assertThat(check(draw(8, 3, 2)))
        .contains("returned draw 8 with 2 sequences, draw 7 with 2 was asked for");
    assertThat(check(draw(7, 3, 3)).orElseThrow()).contains("with 3 sequences");
    assertThat(check(new Draw(7, DrawOrder.Purpose.WINDOW, 3, draw(7, 3, 2).sequences())))
        .contains("returned draw 7 for WINDOW, it was asked for TRAINING");
    DrawOrder window = new DrawOrder(7, 3, DrawOrder.Purpose.WINDOW, 2);
    assertThat(PoolSettings.flawOfDraw(window, draw(window), VOCABULARY)).isEmpty();
    assertThat(
            PoolSettings.flawOfDraw(
                window, draw(new DrawOrder(7, 4, DrawOrder.Purpose.WINDOW, 2)), VOCABULARY))
        .as("a newer proposal is not the one that is judged")
        .contains("drew with proposal 4, exactly 3 was asked for");
    DrawOrder again =
        new DrawOrder(7, 3, DrawOrder.Purpose.TRAINING, 2)
            .begunWith(new WeightSnapshot(new WeightVersion(4, "print"), List.of()));
    assertThat(PoolSettings.flawOfDraw(again, draw(7, 4, 2), VOCABULARY)).isEmpty();
    assertThat(PoolSettings.flawOfDraw(again, draw(7, 5, 2), VOCABULARY))
        .as("a newer proposal than that of the first attempt")
        .contains("drew with proposal 5, exactly 4 was asked for");
    assertThat(check(draw(7, 2, 2))).contains("drew with proposal 2, at least 3 was asked for");
    assertThat(check(of(sequence(7, 1, 1, -1), sequence(7, 0, 1, -1))).orElseThrow())
        .contains("sequence 1 of draw 7 in place of sequence 0");
    assertThat(check(of(sequence(6, 0, 1, -1), sequence(7, 1, 1, -1))).orElseThrow())
        .contains("sequence 0 of draw 6 in place of");
    assertThat(
            check(new Draw(7, DrawOrder.Purpose.TRAINING, 4, draw(7, 3, 2).sequences()))
                .orElseThrow())
        .contains("sequence 0 of proposal 3 in a draw of proposal 4");
  }

  @Test
  void tokens_that_there_are_not_and_impossible_probabilities_are_refused() {
    Sequence good = sequence(7, 0, 4, -1);
    assertThat(check(of(good, sequence(7, 1, 5, -1))))
        .contains("returned sequence 1 with token 5, the vocabulary has 5");
    assertThat(check(of(good, sequence(7, 1, -1, -1))).orElseThrow()).contains("token -1");
    assertThat(check(of(good, sequence(7, 1, 1, Double.NEGATIVE_INFINITY))).orElseThrow())
        .contains("log q(x) = -Infinity");
  }

  private static Optional<String> check(ScoredDraw got) {
    return check(got, PoolSettings.ScoreDetail.NONE);
  }

  private static Optional<String> check(ScoredDraw got, PoolSettings.ScoreDetail detail) {
    return PoolSettings.flawOfScores(draw(7, 3, 3), got, 1, detail);
  }

  @Test
  void scores_without_what_the_objective_needs_of_each_token_are_refused() {
    Sequence sequence = draw(7, 3, 1).sequences().get(0);
    int n = sequence.tokens().length;
    var whole =
        new ScoredSequence(
            sequence, "", new double[] {1}, -1, new double[n], new double[] {0.5, 0.1}, -1, n);
    var plain = new ScoredSequence(sequence, "", new double[] {1}, -1, -1);
    var detail = new PoolSettings.ScoreDetail(true, tokens -> tokens.length == n ? 2 : 7);
    assertThat(check(new ScoredDraw(7, List.of(whole), 2), detail)).isEmpty();
    assertThat(check(new ScoredDraw(7, List.of(plain), 2), detail).orElseThrow())
        .contains("log a of 0 tokens and 0 milestones, %d and 2".formatted(n));
    assertThat(check(new ScoredDraw(7, List.of(whole), 2)).orElseThrow())
        .contains("2 milestones, 0 and 0 were asked for");
  }

  @Test
  void scores_of_every_sequence_or_of_all_but_those_dropped_are_accepted() {
    assertThat(check(score(draw(7, 3, 3)))).isEmpty();
    assertThat(check(score(draw(7, 3, 3), Set.of(0, 2)))).isEmpty();
  }

  @Test
  void scores_of_something_else_are_refused() {
    List<ScoredSequence> scored = score(draw(7, 3, 3)).sequences();
    assertThat(check(score(draw(8, 3, 3))).orElseThrow()).contains("returned draw 8");
    assertThat(check(new ScoredDraw(7, scored, 1)).orElseThrow())
        .contains("with 3 sequences scored and 1 dropped");
    assertThat(check(new ScoredDraw(7, scored.subList(1, 3), 0)).orElseThrow())
        .contains("with 2 sequences scored and 0 dropped");
    assertThat(check(new ScoredDraw(7, List.of(scored.get(1), scored.get(1)), 1)).orElseThrow())
        .contains("sequence 1 of draw 7 after sequence 1");
    assertThat(check(new ScoredDraw(7, score(draw(7, 3, 4)).sequences().subList(1, 4), 0)))
        .as("there is no sequence 3")
        .isPresent();
  }

  @Test
  void scores_that_are_no_numbers_or_not_of_all_features_are_refused() {
    Sequence sequence = draw(7, 3, 1).sequences().get(0);
    var unscored = new ScoredSequence(sequence, "", new double[] {1}, Double.NaN, -1);
    var featureless = new ScoredSequence(sequence, "", new double[0], -1, -1);
    assertThat(check(new ScoredDraw(7, List.of(unscored), 2)).orElseThrow())
        .contains("log a(x) = NaN");
    assertThat(check(new ScoredDraw(7, List.of(featureless), 2)).orElseThrow())
        .contains("0 features");
  }

  private static Optional<String> check(DrawFeatures got) {
    return PoolSettings.flawOfFeatures(draw(7, 3, 3), got, 1);
  }

  @Test
  void features_of_every_sequence_or_of_all_but_those_dropped_are_accepted() {
    double[] value = {1};
    assertThat(check(new DrawFeatures(7, List.of(value, value, value), 0))).isEmpty();
    assertThat(check(new DrawFeatures(7, List.of(value), 2))).isEmpty();
    assertThat(check(new DrawFeatures(8, List.of(value), 2)).orElseThrow())
        .contains("returned draw 8");
    assertThat(check(new DrawFeatures(7, List.of(value), 1)).orElseThrow())
        .contains("features of 1 sequences and 1 dropped");
    assertThat(check(new DrawFeatures(7, List.of(value, value, value, value), -1))).isPresent();
    assertThat(check(new DrawFeatures(7, List.of(new double[2]), 2)).orElseThrow())
        .contains("returned 2 features of a sequence");
  }
}

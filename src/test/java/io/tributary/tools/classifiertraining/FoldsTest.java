package io.tributary.tools.classifiertraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.BadInputException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FoldsTest {
  /** 60 texts of one label, 30 of another. */
  private static final LabelledTexts DATA =
      new LabelledTexts(
          List.of("a", "b"),
          IntStream.range(0, 90).mapToObj("text %d"::formatted).toList(),
          IntStream.range(0, 90).map(i -> i % 3 == 0 ? 1 : 0).toArray(),
          0);

  @Test
  void everyTextIsInOneFoldAndLabelsKeepTheirProportions() {
    Folds folds = Folds.of(DATA, 5, 1);
    assertThat(IntStream.range(0, 5).flatMap(fold -> IntStream.of(folds.inside(fold))).sorted())
        .containsExactlyElementsOf(IntStream.range(0, 90).boxed().toList());
    for (int fold = 0; fold < 5; fold++) {
      assertThat(DATA.labelled(folds.inside(fold))).hasSize(18);
      assertThat(IntStream.of(DATA.labelled(folds.inside(fold))).sum()).isEqualTo(6);
      assertThat(folds.outside(fold)).hasSize(72).doesNotContain(folds.inside(fold));
    }
  }

  @Test
  void textsOfTheSameWordsStayTogether() {
    LabelledTexts data =
        new LabelledTexts(
            List.of("a", "b"),
            Stream.concat(
                    DATA.texts().stream(),
                    DATA.texts().stream()
                        .map(text -> text.toUpperCase(java.util.Locale.ROOT) + "!"))
                .toList(),
            IntStream.range(0, 180).map(i -> DATA.labelled()[i % 90]).toArray(),
            0);
    Folds folds = Folds.of(data, 5, 1);
    for (int i = 0; i < 90; i++) {
      assertThat(folds.foldOf()[i]).isEqualTo(folds.foldOf()[90 + i]);
    }
  }

  @Test
  void theSeedAloneDecides() {
    assertThat(Folds.of(DATA, 5, 1).foldOf()).containsExactly(Folds.of(DATA, 5, 1).foldOf());
    assertThat(Folds.of(DATA, 5, 2).foldOf()).isNotEqualTo(Folds.of(DATA, 5, 1).foldOf());
  }

  @Test
  void tooManyOrTooFewFoldsAreRefused() {
    assertThatThrownBy(() -> Folds.of(DATA, 1, 1))
        .isInstanceOf(BadInputException.class)
        .hasMessage("folds = 1: expected at least 2");
    assertThatThrownBy(() -> Folds.of(DATA, 31, 1))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "label \"b\" has 30 different texts, too few for 31 folds; expected at least one in each");
  }
}

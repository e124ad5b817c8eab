package io.tributary.model.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NgramVocabularyTest {
  private static final List<int[]> TEXTS =
      List.of(new int[] {0, 1, 0, 1}, new int[] {1, 0}, new int[] {2, 1, 0});

  @Test
  void thoseOfEnoughTextsAreKnownInTheOrderOfTheirFirstOccurrence() {
    NgramVocabulary ngrams = NgramVocabulary.of(2, 3, TEXTS, 2);
    assertThat(ngrams.size()).isEqualTo(3);
    assertThat(ngrams.rows()).containsExactly(-1, 0, -1, 1, 1, 0);
    assertThat(NgramVocabulary.of(2, 3, TEXTS, 1).rows())
        .containsExactly(-1, 0, 0, 1, -1, 1, 1, 0, -1, 2, 2, 1);
  }

  @Test
  void eachThatOccursCountsOnce() {
    NgramVocabulary ngrams = NgramVocabulary.of(2, 3, TEXTS, 2);
    assertThat(ngrams.in(new int[] {0, 1, 0, 1, 0})).containsExactly(0, 1, 2);
    assertThat(ngrams.in(new int[] {1, 2})).containsExactly(1);
    assertThat(ngrams.in(new int[] {2})).isEmpty();
    assertThat(ngrams.in(new int[0])).isEmpty();
  }

  @Test
  void rowsGiveThemBack() {
    int last = 50_256;
    List<int[]> texts = List.of(new int[] {last, 0, last, last}, new int[] {0});
    NgramVocabulary ngrams = NgramVocabulary.of(3, last + 1, texts, 1);
    NgramVocabulary again = NgramVocabulary.ofRows(3, last + 1, ngrams.rows());
    assertThat(again.size()).isEqualTo(ngrams.size());
    assertThat(again.rows()).containsExactly(ngrams.rows());
    texts.forEach(text -> assertThat(again.in(text)).containsExactly(ngrams.in(text)));
  }

  @Test
  void thereMayBeNone() {
    NgramVocabulary none = NgramVocabulary.of(0, 3, TEXTS, 1);
    assertThat(none.size()).isZero();
    assertThat(none.in(new int[] {0, 1})).isEmpty();
    assertThat(NgramVocabulary.ofRows(0, 3, none.rows()).size()).isZero();
  }
}

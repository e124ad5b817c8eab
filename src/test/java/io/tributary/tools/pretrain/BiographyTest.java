package io.tributary.tools.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BiographyTest {
  @Test
  void theClauseOfWhatAPersonDidAndTheYearsBecomeSentencesWithThePronoun() {
    assertThat(text("French chemist who won two Nobel prizes (1867-1934)", "she"))
        .isEqualTo("N: French chemist. She won two Nobel prizes. She lived from 1867 to 1934.");
    assertThat(text("Soviet writer whose novels were banned (born in 1918)", "he"))
        .isEqualTo("N: Soviet writer. His novels were banned. He was born in 1918.");
    assertThat(text("English poet best known for her odes (died in 1802)", "she"))
        .isEqualTo("N: English poet. She was best known for her odes. She died in 1802.");
  }

  @Test
  void yearsBeforeChristAndUncertainOnesKeepTheirWords() {
    assertThat(text("king of Macedon (356-323 BC)", "he"))
        .isEqualTo("N: king of Macedon. He lived from 356 to 323 BC.");
    assertThat(text("Irish abbess (circa 453-523)", "she"))
        .isEqualTo("N: Irish abbess. She lived from circa 453 to 523.");
  }

  @Test
  void aClauseThatMakesNoSentenceStaysWhereItIs() {
    assertThat(text("pope who in 1122 signed a concordat (died in 1124)", "he"))
        .isEqualTo("N: pope who in 1122 signed a concordat. He died in 1124.");
    assertThat(text("actress (sister of one who sang)", "she"))
        .isEqualTo("N: actress (sister of one who sang).");
  }

  @Test
  void withoutAPronounTheGlossIsKept() {
    String gloss = "a monster who lives in a lake (1933-1934)";
    assertThat(text(gloss, "")).isEqualTo("N: " + gloss + ".");
    assertThat(Biography.parse("N\tother\t" + gloss).text()).isEqualTo("N: " + gloss + ".");
  }

  @Test
  void topicsAreReadFromTheirColumn() {
    assertThat(Biography.parse("N\tarts,military\tpoet and soldier\the").topics())
        .containsExactlyInAnyOrder("arts", "military");
  }

  @Test
  void aLineOfAnotherFormIsRefused() {
    assertThatThrownBy(() -> Biography.parse("N: a poet"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 1 columns");
    assertThatThrownBy(() -> Biography.parse("N\tarts\tpoet\tthey"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("they");
  }

  private static String text(String gloss, String pronoun) {
    return Biography.parse("N\tother\t%s\t%s".formatted(gloss, pronoun)).text();
  }
}

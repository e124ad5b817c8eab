package io.tributary.tools.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProseTest {
  @Test
  void linesOfAParagraphAreJoinedAndSplitIntoSentences() {
    assertThat(sentences("It rained all\nday. We\nstayed! Did they?\n\nNobody knows."))
        .containsExactly("It rained all day.", "We stayed!", "Did they?", "Nobody knows.");
  }

  @Test
  void headingsAreSkipped() {
    assertThat(
            sentences(
                "EMMA\n\nBy Jane Austen\n\nVOLUME I\n\nChapter 12\n\nCHAPTER IV.\n\nShe smiled.\n\nFINIS"))
        .containsExactly("She smiled.");
  }

  @Test
  void abbreviationsAndInitialsEndNoSentence() {
    assertThat(sentences("Mr. Knightley and Mrs. Weston met J. Taylor at St. James. They talked."))
        .containsExactly(
            "Mr. Knightley and Mrs. Weston met J. Taylor at St. James.", "They talked.");
  }

  @Test
  void underscoresOfEmphasisAreRemoved() {
    assertThat(sentences("Between _them_ it was more."))
        .containsExactly("Between them it was more.");
  }

  @Test
  void aSpeechCutIntoSentencesLosesItsUnpairedQuotationMarks() {
    assertThat(sentences("\"It is late. We must go,\" said she. \"Good night.\""))
        .containsExactly("It is late.", "We must go, said she.", "\"Good night.\"");
  }

  private static List<String> sentences(String text) {
    return Prose.sentences(text.lines().toList());
  }
}

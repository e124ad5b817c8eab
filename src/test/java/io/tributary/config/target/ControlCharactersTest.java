package io.tributary.config.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ControlCharactersTest {
  @Test
  void aBackspaceIsRefusedWithWhatHoconTakesForAWordBoundary() {
    assertThatThrownBy(() -> new FeatureConfig.Regex("\brain\b", false))
        .hasMessage(
            "pattern must be without control characters, got U+0008, a backspace; write \\\\b for"
                + " \\b");
    assertThat(new FeatureConfig.Regex("\\brain\\b[ \t\n]", false).pattern()).contains("\t\n");
  }

  @Test
  void wordsAndPhrasesHaveNone() {
    assertThatThrownBy(() -> new FeatureConfig.Word("rain\u0007", false))
        .hasMessage("word must be without control characters, got U+0007");
    assertThatThrownBy(
            () ->
                new FeatureConfig.WordList(
                    List.of("snow", "\bheavy rain"), Optional.empty(), false))
        .hasMessageStartingWith("words must be without control characters, got U+0008");
  }
}

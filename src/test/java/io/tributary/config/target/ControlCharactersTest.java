package io.tributary.config.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void aFileOfWordsHasNone(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("words.txt"), "snow\nheavy\brain\n");

    assertThatThrownBy(() -> new FeatureConfig.WordList(List.of(), Optional.of(file), false))
        .hasMessageStartingWith(file + ":2: has the control character U+0008");
  }
}

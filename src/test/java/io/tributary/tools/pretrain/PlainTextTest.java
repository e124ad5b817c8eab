package io.tributary.tools.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTextTest {
  @Test
  void quotationMarksBecomePlain() {
    assertThat(PlainText.of("``So'' he said `in days of old' \u201chere\u201d \u2018there\u2019"))
        .isEqualTo("\"So\" he said 'in days of old' \"here\" 'there'");
  }

  @Test
  void runsOfWhiteSpaceBecomeOneSpace() {
    assertThat(PlainText.of("  two \t words\n")).isEqualTo("two words");
  }
}

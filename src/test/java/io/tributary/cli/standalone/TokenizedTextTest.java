package io.tributary.cli.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizedTextTest {
  @Test
  void withoutATokenizerTheTextIsNull() {
    assertThat(new TokenizedText(null, new int[] {3, 1}).json(-0.5))
        .hasToString("{\"text\":null,\"tokens\":[3,1],\"logProb\":-0.5}");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.NEGATIVE_INFINITY})
  void whatNoSoundModelGivesIsNotPrinted(double logProb) {
    assertThatThrownBy(() -> new TokenizedText("a", new int[] {1}).json(logProb))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(String.valueOf(logProb), "are its weights damaged?");
  }
}

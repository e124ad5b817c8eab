package io.tributary.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeTest {
  @Test
  void fiveNumbersAreTheShapeOfAGpt2() {
    Shape shape = Shape.of("2, 4,16,300,32");
    assertThat(shape.config(299).toJson())
        .contains("\"gpt2\"", "\"n_layer\": 2", "\"n_head\": 4", "\"n_embd\": 16")
        .contains("\"vocab_size\": 300", "\"n_positions\": 32", "\"eos_token_id\": 299");
  }

  @Test
  void anotherFamilyIsNamedBeforeThem() {
    assertThat(Shape.of("averaging:1,1,8,300,32").config(299).toJson()).contains("averaging");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,1,8,300 | got 4 numbers",
        "1,1,8,299,32 | vocabulary of 299",
        "1,3,8,300,32 | n_head = 3",
        "mamba:1,1,8,300,32 | model_type is \"mamba\"",
        "1,1,x,300,32 | x"
      })
  void whatMakesNoModelIsRefused(String text, String reason) {
    assertThatThrownBy(() -> Shape.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }
}

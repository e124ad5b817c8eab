package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class SlotDevicesTest {
  private static SlotDevices read(String text) {
    return new SlotDevices.Converter().convert(text);
  }

  @Test
  void aNumberIsOfTheDefaultDevice() {
    assertThat(read("2").or("gpu:1")).containsExactly("gpu:1", "gpu:1");
    assertThat(read("0").or("cpu")).isEmpty();
  }

  @Test
  void devicesAreNamedByNumbersOfThem() {
    assertThat(read("2@gpu:0,1,2@gpu:1,1@cpu").or("gpu"))
        .containsExactly("gpu:0", "gpu:0", "gpu", "gpu:1", "gpu:1", "cpu");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "2@", "2@gpu0", "gpu:0", "2@gpu:0,", "2 @cpu", "2@tpu"})
  void whatIsNeitherSaysWhatIsExpected(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage(
            "expected a number, or numbers with devices, as in 2@gpu:0,2@gpu:1, but was '%s'"
                .formatted(text));
  }

  @Test
  void moreThanAnyMachineHasUseForAreRefused() {
    assertThatThrownBy(() -> read("200@gpu:0,57@gpu:1"))
        .hasMessage("expected at most 256 together, but was '200@gpu:0,57@gpu:1'");
  }
}

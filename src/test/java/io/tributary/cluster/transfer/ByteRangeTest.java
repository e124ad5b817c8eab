package io.tributary.cluster.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
  @ParameterizedTest
  @CsvSource({
    "bytes=0-9, 0, 10",
    "bytes=5-, 5, 95",
    "bytes=-10, 90, 10",
    "bytes=-1000, 0, 100",
    "bytes=99-200, 99, 1",
    "bytes=0-999999999999999999, 0, 100"
  })
  void readsARange(String header, long first, long length) {
    assertThat(ByteRange.of(header, 100)).contains(new ByteRange(first, length, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=100-",
        "bytes=9-5",
        "bytes=-0",
        "bytes=-",
        "bytes=0-1,5-6",
        "chunks=0-1",
        "",
        "bytes=a-b",
        "bytes=9999999999999999999-",
        "bytes=-5-"
      })
  void refusesWhatTheFileDoesNotHave(String header) {
    assertThat(ByteRange.of(header, 100)).isEmpty();
  }

  @Test
  void isTheWholeFileWithoutAHeader() {
    assertThat(ByteRange.of(null, 5L << 30)).contains(new ByteRange(0, 5L << 30, false));
    assertThat(ByteRange.of(null, 0)).contains(new ByteRange(0, 0, false));
    assertThat(ByteRange.of("bytes=0-", 0)).isEmpty();
  }
}

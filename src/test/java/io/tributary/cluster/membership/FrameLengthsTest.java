package io.tributary.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameLengthsTest {
  private static final int MOST = 1000;

  private final FrameLengths lengths = new FrameLengths(MOST);

  private static ByteBuffer connection(int... frames) {
    ByteBuffer bytes = ByteBuffer.allocate(10_000).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {'A', 'K', 'K', 'A', 1});
    for (int frame : frames) {
      bytes.putInt(frame);
      byte[] content = new byte[Math.min(Math.max(frame, 0), MOST)];
      new Random(frame).nextBytes(content);
      bytes.put(content);
    }
    return bytes.flip();
  }

  @Test
  void framesUpToTheLargestPass() {
    assertThat(lengths.follow(connection(0, 1, MOST, 500, MOST))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {MOST + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
  void aFrameThatIsTooLargeIsNoticedBeforeItsContentComes(int length) {
    ByteBuffer all = connection(7, length);
    assertThat(lengths.follow(all.slice(0, 5 + 4 + 7 + 4))).isFalse();
  }

  @Test
  void itDoesNotMatterHowTheBytesAreCut() {
    ByteBuffer all = connection(3, 0, MOST, 17);
    while (all.hasRemaining()) {
      assertThat(lengths.follow(all.slice(all.position(), 1))).isTrue();
      all.get();
    }
    ByteBuffer large = ByteBuffer.wrap(new byte[] {(byte) 0xe9, 3, 0, 0}); // 1,001
    for (int i = 0; i < 3; i++) {
      assertThat(lengths.follow(large.slice(i, 1))).isTrue();
    }
    assertThat(lengths.follow(large.slice(3, 1))).isFalse();
  }
}

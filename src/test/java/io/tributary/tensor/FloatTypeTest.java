package io.tributary.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FloatTypeTest {
  private static final int PATTERNS = 1 << 16;

  @Test
  void everyHalfHasTheValueThatItsBitsSpellOut() {
    ByteBuffer floats = asFloats(FloatType.F16);
    for (int bits = 0; bits < PATTERNS; bits++) {
      assertSameFloat(bits, floats.getFloat(), value(bits, 5, 10));
    }
  }

  @Test
  void everyBfloat16HasTheValueThatItsBitsSpellOut() {
    ByteBuffer floats = asFloats(FloatType.BF16);
    for (int bits = 0; bits < PATTERNS; bits++) {
      assertSameFloat(bits, floats.getFloat(), value(bits, 8, 7));
    }
  }

  @Test
  void everyHalfSurvivesAWayThereAndBack() {
    for (int bits = 0; bits < PATTERNS; bits++) {
      float value = FloatType.halfToFloat((short) bits);
      if (Float.isNaN(value)) {
        assertThat(FloatType.halfToFloat(FloatType.floatToHalf(value))).isNaN();
      } else {
        assertThat(FloatType.floatToHalf(value)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void halfwayBetweenTwoHalvesTheEvenOneIsTaken() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float below = FloatType.halfToFloat((short) bits);
      float above = FloatType.halfToFloat((short) (bits + 1));
      float middle = (below + above) / 2; // exact in float32
      int even = bits % 2 == 0 ? bits : bits + 1;
      assertThat(FloatType.floatToHalf(middle)).isEqualTo((short) even);
      assertThat(FloatType.floatToHalf(-middle)).isEqualTo((short) (even | 0x8000));
      assertThat(FloatType.floatToHalf(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(FloatType.floatToHalf(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
    }
  }

  @Test
  void whatIsTooLargeForAHalfBecomesInfinite() {
    assertThat(FloatType.floatToHalf(Math.nextDown(65520f))).isEqualTo((short) 0x7bff);
    assertThat(FloatType.floatToHalf(65520f)).isEqualTo((short) 0x7c00);
    assertThat(FloatType.floatToHalf(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xfc00);
    assertThat(FloatType.floatToHalf(Float.MAX_VALUE)).isEqualTo((short) 0x7c00);
    assertThat(FloatType.floatToHalf(Float.MIN_VALUE)).isZero();
  }

  @Test
  void aHalfIsTheNearestToAnyFloat() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      float value = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(40) - 25));
      if (Math.abs(value) >= 65504) {
        continue;
      }
      int bits = FloatType.floatToHalf(value) & 0x7fff;
      double error = Math.abs(Math.abs(value) - value(bits, 5, 10));
      assertThat(error).isLessThanOrEqualTo(Math.abs(Math.abs(value) - value(bits + 1, 5, 10)));
      if (bits > 0) {
        assertThat(error).isLessThanOrEqualTo(Math.abs(Math.abs(value) - value(bits - 1, 5, 10)));
      }
    }
  }

  @Test
  void weightsAreNotWrittenAsBfloat16() {
    assertThatThrownBy(() -> FloatType.BF16.fromFloat32(new byte[4]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bf16");
  }

  /** IEEE 754's definition: (-1)^s 2^(e - bias) (1 + f), without the 1 where e is 0. */
  private static double value(int bits, int exponentBits, int fractionBits) {
    double sign = bits >> 15 == 0 ? 1 : -1;
    int exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1);
    double fraction = (bits & ((1 << fractionBits) - 1)) / (double) (1 << fractionBits);
    int bias = (1 << (exponentBits - 1)) - 1;
    if (exponent == ((1 << exponentBits) - 1)) {
      return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
    }
    return exponent == 0
        ? sign * fraction * Math.pow(2, 1 - bias)
        : sign * (1 + fraction) * Math.pow(2, exponent - bias);
  }

  private static ByteBuffer asFloats(FloatType type) {
    ByteBuffer stored = ByteBuffer.allocate(2 * PATTERNS).order(ByteOrder.LITTLE_ENDIAN);
    for (int bits = 0; bits < PATTERNS; bits++) {
      stored.putShort((short) bits);
    }
    return ByteBuffer.wrap(type.toFloat32(stored.array())).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void assertSameFloat(int bits, float got, double expected) {
    assertThat(Float.floatToIntBits(got))
        .as("%04x", bits)
        .isEqualTo(Float.floatToIntBits((float) expected));
  }
}

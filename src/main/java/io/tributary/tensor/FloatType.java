package io.tributary.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;

/** How floating-point values are stored in a file; in memory they are float32. */
public enum FloatType {
  F32(Float.BYTES),
  F16(Short.BYTES),
  BF16(Short.BYTES),
  /** Any other type (integers, booleans, float64 …), which may be present but can't be read. */
  OTHER(1);

  private final int bytes;

  FloatType(int bytes) {
    this.bytes = bytes;
  }

  /** The type named as in a safetensors header. */
  static FloatType of(String name) {
    return Arrays.stream(values()).filter(t -> t.name().equals(name)).findFirst().orElse(OTHER);
  }

  /** Size of one stored value. */
  public long bytes() {
    return bytes;
  }

  /** Stored little-endian values as little-endian float32. */
  byte[] toFloat32(byte[] stored) {
    if (this == F32) {
      return stored;
    }
    ByteBuffer in = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer out = ByteBuffer.allocate(stored.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      short bits = in.getShort();
      out.putFloat(this == BF16 ? Float.intBitsToFloat(bits << 16) : halfToFloat(bits));
    }
    return out.array();
  }

  /** Little-endian float32 values in this type, rounded to nearest, ties to even. */
  byte[] fromFloat32(byte[] float32) {
    if (this == F32) {
      return float32;
    }
    if (this != F16) {
      throw new IllegalArgumentException("writing " + this + " is not supported");
    }
    ByteBuffer in = ByteBuffer.wrap(float32).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer out = ByteBuffer.allocate(float32.length / 2).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      out.putShort(floatToHalf(in.getFloat()));
    }
    return out.array();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** IEEE 754 binary16 to binary32; Java 17 lacks {@code Float.float16ToFloat}. */
  static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
    }
    if (exponent == 0) {
      float value = fraction * 0x1p-24f;
      return sign == 0 ? value : -value;
    }
    return Float.intBitsToFloat(sign | (exponent + 112) << 23 | fraction << 13);
  }

  /** IEEE 754 binary32 to binary16, to nearest even; Java 17 lacks {@code Float.floatToFloat16}. */
  static short floatToHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 65520f) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x1p-14f) {
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
    }
    int rounded = (bits & 0x7fffffff) + 0xfff + ((bits >>> 13) & 1);
    return (short) (sign | (rounded - (112 << 23)) >>> 13);
  }
}

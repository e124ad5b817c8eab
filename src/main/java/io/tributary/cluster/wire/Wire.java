package io.tributary.cluster.wire;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * How the parts of messages are written: whole numbers with variable length, doubles bit by bit,
 * everything of variable size after its length.
 *
 * <p>A length is checked against the bytes that are left before anything is allocated, since who
 * writes five bytes could otherwise ask for all memory.
 */
final class Wire {
  private Wire() {}

  /** A length that was read, of elements of at least {@code bytesOfOne} bytes each. */
  static int length(Input in, int bytesOfOne) {
    int length = in.readInt(true);
    int left = in.limit() - in.position();
    if (length < 0 || (long) length * bytesOfOne > left) {
      throw new KryoException("%d elements announced, %d bytes left".formatted(length, left));
    }
    return length;
  }

  static void string(Output out, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length, true);
    out.writeBytes(bytes);
  }

  static String string(Input in) {
    return new String(in.readBytes(length(in, 1)), StandardCharsets.UTF_8);
  }

  static void doubles(Output out, double[] values) {
    out.writeInt(values.length, true);
    for (double value : values) {
      out.writeDouble(value);
    }
  }

  static double[] doubles(Input in) {
    double[] values = new double[length(in, Double.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readDouble();
    }
    return values;
  }

  static void ints(Output out, int[] values) {
    out.writeInt(values.length, true);
    for (int value : values) {
      out.writeInt(value, true);
    }
  }

  static int[] ints(Input in) {
    int[] values = new int[length(in, 1)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readInt(true);
    }
    return values;
  }

  static <T> void list(Output out, List<T> values, BiConsumer<Output, T> write) {
    out.writeInt(values.size(), true);
    values.forEach(value -> write.accept(out, value));
  }

  static <T> List<T> list(Input in, Function<Input, T> read) {
    int length = length(in, 1);
    List<T> values = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      values.add(read.apply(in));
    }
    return values;
  }

  static void numbers(Output out, Map<String, Double> values) {
    list(
        out,
        List.copyOf(new TreeMap<>(values).entrySet()),
        (o, entry) -> {
          string(o, entry.getKey());
          o.writeDouble(entry.getValue());
        });
  }

  static Map<String, Double> numbers(Input in) {
    Map<String, Double> values = new TreeMap<>();
    int length = length(in, 1 + Double.BYTES);
    for (int i = 0; i < length; i++) {
      values.put(string(in), in.readDouble());
    }
    return values;
  }

  /** By ordinal: constants are only ever added at the end, which a test sees to. */
  @SuppressWarnings("EnumOrdinal")
  static void constant(Output out, Enum<?> value) {
    out.writeInt(value.ordinal(), true);
  }

  static <E> E constant(Input in, E[] constants) {
    int ordinal = in.readInt(true);
    if (ordinal < 0 || ordinal >= constants.length) {
      throw new KryoException("constant %d of %d".formatted(ordinal, constants.length));
    }
    return constants[ordinal];
  }
}

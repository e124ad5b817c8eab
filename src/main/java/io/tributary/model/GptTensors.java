package io.tributary.model;

import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Names and shapes of a GPT-2's tensors in the Hugging Face layout (Conv1D weights are (in, out)),
 * and the checks of a file against them.
 */
final class GptTensors {
  static final String TOKEN_EMBEDDING = "wte.weight";
  static final String POSITION_EMBEDDING = "wpe.weight";
  static final String OUTPUT = "lm_head.weight";
  private static final String PREFIX = "transformer.";
  private static final Pattern BUFFER = Pattern.compile("h\\.\\d+\\.attn\\.(bias|masked_bias)");

  private GptTensors() {}

  /** Name of a tensor of block {@code layer}. */
  static String block(int layer, String name) {
    return "h." + layer + "." + name;
  }

  /** Shapes by name (without {@code transformer.}), in the model's order. */
  static Map<String, long[]> shapes(GptConfig config) {
    long d = config.width();
    long inner = config.innerWidth();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put(TOKEN_EMBEDDING, new long[] {config.vocabulary(), d});
    shapes.put(POSITION_EMBEDDING, new long[] {config.positions(), d});
    for (int i = 0; i < config.layers(); i++) {
      shapes.put(block(i, "ln_1.weight"), new long[] {d});
      shapes.put(block(i, "ln_1.bias"), new long[] {d});
      shapes.put(block(i, "attn.c_attn.weight"), new long[] {d, 3 * d});
      shapes.put(block(i, "attn.c_attn.bias"), new long[] {3 * d});
      shapes.put(block(i, "attn.c_proj.weight"), new long[] {d, d});
      shapes.put(block(i, "attn.c_proj.bias"), new long[] {d});
      shapes.put(block(i, "ln_2.weight"), new long[] {d});
      shapes.put(block(i, "ln_2.bias"), new long[] {d});
      shapes.put(block(i, "mlp.c_fc.weight"), new long[] {d, inner});
      shapes.put(block(i, "mlp.c_fc.bias"), new long[] {inner});
      shapes.put(block(i, "mlp.c_proj.weight"), new long[] {inner, d});
      shapes.put(block(i, "mlp.c_proj.bias"), new long[] {d});
    }
    shapes.put("ln_f.weight", new long[] {d});
    shapes.put("ln_f.bias", new long[] {d});
    if (!config.tied()) {
      shapes.put(OUTPUT, new long[] {config.vocabulary(), d});
    }
    return shapes;
  }

  /**
   * Whether a stored tensor is a weight, and not one of the attention masks that older files carry.
   */
  static boolean isWeight(String stored) {
    return !BUFFER.matcher(plain(stored)).matches();
  }

  /**
   * Brings the tensors of a file into the model's order and names.
   *
   * @throws BadInputException naming the file and the tensor that is missing, misshapen, surplus or
   *     holds what is no finite number
   */
  static List<TensorBytes> arrange(Path file, GptConfig config, Map<String, TensorBytes> stored) {
    Map<String, TensorBytes> byName = new LinkedHashMap<>();
    stored.forEach(
        (name, tensor) -> {
          if (byName.put(plain(name), tensor) != null) {
            throw new BadInputException(
                "%s holds tensor %s twice, with and without the prefix %s"
                    .formatted(file, plain(name), PREFIX));
          }
        });
    List<TensorBytes> arranged = new ArrayList<>();
    shapes(config)
        .forEach(
            (name, shape) -> {
              TensorBytes tensor = byName.remove(name);
              if (tensor == null) {
                throw new BadInputException(
                    "%s lacks tensor %s of shape %s".formatted(file, name, Arrays.toString(shape)));
              }
              requireShape(file, tensor, shape);
              requireFinite(file, tensor);
              arranged.add(new TensorBytes(name, shape, tensor.bytes()));
            });
    TensorBytes output = byName.remove(OUTPUT);
    if (output != null) {
      // tied, and the file carries a copy of the token embedding all the same
      requireShape(file, output, new long[] {config.vocabulary(), config.width()});
    }
    if (!byName.isEmpty()) {
      throw new BadInputException(
          "%s holds tensors that a GPT-2 of this config.json does not have: %s"
              .formatted(file, byName.values().stream().map(TensorBytes::name).limit(5).toList()));
    }
    return arranged;
  }

  private static void requireShape(Path file, TensorBytes tensor, long[] shape) {
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw new BadInputException(
          "%s: tensor %s has shape %s, but config.json asks for %s"
              .formatted(
                  file, tensor.name(), Arrays.toString(tensor.shape()), Arrays.toString(shape)));
    }
  }

  private static void requireFinite(Path file, TensorBytes tensor) {
    FloatBuffer values =
        ByteBuffer.wrap(tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int i = 0; i < values.limit(); i++) {
      if (!Float.isFinite(values.get(i))) {
        throw new BadInputException(
            "%s: tensor %s holds %s as its value %d, expected finite numbers"
                .formatted(file, tensor.name(), values.get(i), i));
      }
    }
  }

  /**
   * Fresh weights: normal with standard deviation 0.02, residual projections scaled by 1/sqrt(2
   * layers), as GPT-2's (Radford et al. 2019, section 2.3).
   */
  static List<TensorBytes> initialise(GptConfig config, long seed) {
    Random random = new Random(seed);
    List<TensorBytes> tensors = new ArrayList<>();
    shapes(config)
        .forEach(
            (name, shape) -> {
              int size = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
              ByteBuffer values =
                  ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
              double deviation =
                  name.endsWith("c_proj.weight") ? 0.02 / Math.sqrt(2.0 * config.layers()) : 0.02;
              for (int i = 0; i < size; i++) {
                double value =
                    shape.length > 1
                        ? deviation * random.nextGaussian()
                        : name.endsWith(".weight") ? 1 : 0;
                values.putFloat((float) value);
              }
              tensors.add(new TensorBytes(name, shape, values.array()));
            });
    return tensors;
  }

  /** The name under which Hugging Face's GPT2LMHeadModel stores a tensor. */
  static String hubName(String name) {
    return name.equals(OUTPUT) ? name : PREFIX + name;
  }

  private static String plain(String stored) {
    return stored.startsWith(PREFIX) ? stored.substring(PREFIX.length()) : stored;
  }
}

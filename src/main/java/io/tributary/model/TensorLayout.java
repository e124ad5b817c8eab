package io.tributary.model;

import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import io.tributary.tensor.FloatType;
import io.tributary.tensor.SafeTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/**
 * The tensors of a model, and their names in a safetensors file of Hugging Face's.
 *
 * @param shapes by name, in the model's order
 * @param output name of the output layer (V, D), which is the token embedding if they are tied
 * @param prefix what a file puts before every name but {@code head}; it may be left out
 * @param head name of a separate output layer; a file of a tied model may hold a copy under it
 * @param buffers names of what a file may hold besides weights; not read
 */
public record TensorLayout(
    Map<String, long[]> shapes, String output, String prefix, String head, Pattern buffers) {

  /** Number of values of all tensors. */
  long parameters() {
    return shapes.values().stream().mapToLong(TensorLayout::size).sum();
  }

  private static long size(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /**
   * The weights of a safetensors file, in the model's order.
   *
   * @throws BadInputException naming the file and the tensor that is missing, misshapen, surplus,
   *     damaged or not finite
   */
  public List<TensorBytes> read(Path file) {
    Map<String, TensorBytes> byName =
        byName(file, SafeTensors.read(file, stored -> !buffers.matcher(plain(stored)).matches()));
    List<TensorBytes> tensors = new ArrayList<>();
    shapes.forEach(
        (name, shape) -> {
          TensorBytes tensor = byName.remove(name);
          if (tensor == null) {
            throw new BadInputException(
                "%s lacks tensor %s of shape %s".formatted(file, name, Arrays.toString(shape)));
          }
          requireShape(file, tensor, shape);
          requireFinite(file, tensor);
          tensors.add(new TensorBytes(name, shape, tensor.bytes()));
        });
    TensorBytes copy = byName.remove(head);
    if (copy != null) {
      requireShape(file, copy, shapes.getOrDefault(output, new long[0]));
    }
    if (!byName.isEmpty()) {
      throw new BadInputException(
          "%s holds tensors that the model of this config.json does not have: %s"
              .formatted(file, byName.values().stream().map(TensorBytes::name).limit(5).toList()));
    }
    return tensors;
  }

  private Map<String, TensorBytes> byName(Path file, Map<String, TensorBytes> stored) {
    Map<String, TensorBytes> byName = new LinkedHashMap<>();
    stored.forEach(
        (name, tensor) -> {
          if (byName.put(plain(name), tensor) != null) {
            throw new BadInputException(
                "%s holds tensor %s twice, with and without the prefix %s"
                    .formatted(file, plain(name), prefix));
          }
        });
    return byName;
  }

  private String plain(String stored) {
    return stored.startsWith(prefix) ? stored.substring(prefix.length()) : stored;
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
    float[] values = tensor.values();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new BadInputException(
            "%s: tensor %s holds %s as its value %d, expected finite numbers"
                .formatted(file, tensor.name(), values[i], i));
      }
    }
  }

  /** Writes weights as a safetensors file under the names that Hugging Face gives them. */
  public void write(Path file, List<TensorBytes> weights, FloatType type) throws IOException {
    List<TensorBytes> named =
        weights.stream()
            .map(
                tensor ->
                    tensor.name().equals(head)
                        ? tensor
                        : new TensorBytes(prefix + tensor.name(), tensor.shape(), tensor.bytes()))
            .toList();
    SafeTensors.write(file, named, type);
  }

  /**
   * Fresh weights: matrices are normal, vectors 1 if they are a {@code .weight} (of a norm) and 0
   * otherwise.
   *
   * @param deviation standard deviation of each matrix, by name
   */
  public List<TensorBytes> initialise(long seed, ToDoubleFunction<String> deviation) {
    Random random = new Random(seed);
    List<TensorBytes> tensors = new ArrayList<>();
    shapes.forEach(
        (name, shape) -> {
          float[] values = new float[Math.toIntExact(size(shape))];
          if (shape.length > 1) {
            double scale = deviation.applyAsDouble(name);
            for (int i = 0; i < values.length; i++) {
              values[i] = (float) (scale * random.nextGaussian());
            }
          } else if (name.endsWith(".weight")) {
            Arrays.fill(values, 1);
          }
          tensors.add(TensorBytes.of(name, values, shape));
        });
    return tensors;
  }
}

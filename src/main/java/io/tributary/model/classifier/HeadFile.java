package io.tributary.model.classifier;

import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import io.tributary.tensor.FloatType;
import io.tributary.tensor.SafeTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A linear head and its n-grams, stored as {@code head.safetensors}: {@code weight} (labels,
 * features), {@code bias} (labels) and {@code ngrams} (n-grams, tokens of the longest; -1 in front
 * of shorter ones).
 */
public record HeadFile(LinearHead head, NgramVocabulary ngrams) {
  public static final String NAME = "head.safetensors";
  private static final String WEIGHT = "weight";
  private static final String BIAS = "bias";
  private static final String NGRAMS = "ngrams";

  /**
   * @param labels labels that it must have
   * @param dense dense features that it must take
   * @param longest tokens of its longest n-gram
   * @param vocabulary tokens are smaller than this
   * @throws BadInputException naming the file and the tensor that is missing, misshapen or damaged
   */
  static HeadFile read(Path file, int labels, int dense, int longest, int vocabulary) {
    Map<String, TensorBytes> stored = SafeTensors.read(file, any -> true);
    float[] rows = tensor(file, stored, NGRAMS, -1, longest);
    for (float token : rows) {
      if (!(token >= -1 && token < vocabulary && token == Math.rint(token))) {
        throw new BadInputException(
            "%s: tensor %s holds %s, expected tokens of the model's vocabulary of %d"
                .formatted(file, NGRAMS, token, vocabulary));
      }
    }
    NgramVocabulary ngrams = NgramVocabulary.ofRows(longest, vocabulary, rows);
    float[] weight = tensor(file, stored, WEIGHT, labels, dense + ngrams.size());
    float[] bias = tensor(file, stored, BIAS, labels);
    requireFinite(file, WEIGHT, weight);
    requireFinite(file, BIAS, bias);
    return new HeadFile(new LinearHead(weight, bias), ngrams);
  }

  private static float[] tensor(
      Path file, Map<String, TensorBytes> stored, String name, long... shape) {
    TensorBytes tensor = stored.get(name);
    if (tensor == null) {
      throw new BadInputException(
          "%s lacks tensor %s of shape %s".formatted(file, name, shown(shape)));
    }
    boolean fits = tensor.shape().length == shape.length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = shape[i] < 0 || shape[i] == tensor.shape()[i];
    }
    if (!fits) {
      throw new BadInputException(
          "%s: tensor %s has shape %s, but classifier.json and the model ask for %s"
              .formatted(file, name, Arrays.toString(tensor.shape()), shown(shape)));
    }
    return tensor.values();
  }

  private static String shown(long[] shape) {
    return Arrays.toString(shape).replace("-1", "any");
  }

  private static void requireFinite(Path file, String name, float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new BadInputException(
            "%s: tensor %s holds %s, expected finite numbers".formatted(file, name, value));
      }
    }
  }

  /**
   * Writes the head; an existing file is overwritten.
   *
   * @throws IOException if it can't be written
   */
  public void write(Path file) throws IOException {
    SafeTensors.write(
        file,
        List.of(
            TensorBytes.of(WEIGHT, head.weight(), head.bias().length, head.features()),
            TensorBytes.of(BIAS, head.bias(), head.bias().length),
            TensorBytes.of(NGRAMS, ngrams.rows(), ngrams.size(), ngrams.longest())),
        FloatType.F32);
  }
}

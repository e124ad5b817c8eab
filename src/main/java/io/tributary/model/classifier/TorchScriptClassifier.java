package io.tributary.model.classifier;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tributary.data.BadInputException;
import io.tributary.io.JsonFile;
import io.tributary.model.ModelDirectory;
import io.tributary.model.SequenceScores;
import io.tributary.model.TextTokenizer;
import io.tributary.tensor.ScriptModule;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A classifier made with PyTorch and saved as TorchScript.
 *
 * <p>Its {@code classifier.json} has
 *
 * <ul>
 *   <li>{@code type}: {@value #TYPE};
 *   <li>{@code file}: the module's, in the same directory. Its {@code forward} takes token ids,
 *       int64 (B, T), and an attention mask, int64 (B, T), 1 on tokens and 0 on padding, and gives
 *       logits, float32 (B, labels);
 *   <li>{@code labels}: in the order of the logits;
 *   <li>{@code max_length}: the largest T, special tokens included; longer texts are cut off;
 *   <li>{@code add_special_tokens} (true): whether tokens such as [CLS] are put around a text, as
 *       {@code tokenizer.json} says;
 *   <li>{@code pad_token_id} (0): the token of padding.
 * </ul>
 *
 * Beside it lies a {@code tokenizer.json}.
 */
record TorchScriptClassifier(
    Path directory,
    List<String> labels,
    TextTokenizer tokenizer,
    long padding,
    Path file,
    ScriptModule module)
    implements TextClassifier {
  static final String TYPE = "torchscript";
  private static final int MAX_ROWS = 64;

  /**
   * Reads the classifier that {@code json} describes, and tests it on two texts.
   *
   * @throws BadInputException naming the file and what was expected
   */
  static TorchScriptClassifier load(Path directory, JsonFile json, List<String> labels) {
    Path file = directory.resolve(json.text("file"));
    TextTokenizer tokenizer =
        TextTokenizer.read(
            directory.resolve(ModelDirectory.TOKENIZER),
            json.flag("add_special_tokens", true),
            json.number("max_length", 1));
    int padding = json.number("pad_token_id", 0, 0);
    ScriptModule module = ScriptModule.load(file, Device.cpu());
    TorchScriptClassifier classifier =
        new TorchScriptClassifier(directory, labels, tokenizer, padding, file, module);
    try {
      classifier.classify(List.of("a", ""));
    } catch (RuntimeException e) {
      module.close();
      throw e;
    }
    return classifier;
  }

  @Override
  public int[] classify(List<String> texts) {
    List<int[]> tokens = texts.stream().map(tokenizer::encode).toList();
    int[] predicted = new int[texts.size()];
    for (int[] rows : SequenceScores.byLength(tokens, MAX_ROWS)) {
      int[] part = pass(IntStream.of(rows).mapToObj(tokens::get).toList());
      for (int i = 0; i < rows.length; i++) {
        predicted[rows[i]] = part[i];
      }
    }
    return predicted;
  }

  /** The predictions of one pass; an empty text is read as one token of padding. */
  private int[] pass(List<int[]> tokens) {
    int length = tokens.stream().mapToInt(row -> row.length).reduce(1, Math::max);
    long[] ids = new long[tokens.size() * length];
    long[] mask = new long[ids.length];
    Arrays.fill(ids, padding);
    for (int i = 0; i < tokens.size(); i++) {
      int[] row = tokens.get(i);
      for (int j = 0; j < row.length; j++) {
        ids[i * length + j] = row[j];
      }
      Arrays.fill(mask, i * length, i * length + Math.max(1, row.length), 1);
    }
    Shape shape = new Shape(tokens.size(), length); // (B, T)
    try (NDManager pass = module.newSubManager()) {
      NDArray logits = module.forward(pass.create(ids, shape), pass.create(mask, shape));
      if (!logits.getShape().equals(new Shape(tokens.size(), labels.size()))) {
        throw new BadInputException(
            "%s: %d texts give logits of shape %s, expected (%d, %d): classifier.json lists %d labels"
                .formatted(
                    file,
                    tokens.size(),
                    logits.getShape(),
                    tokens.size(),
                    labels.size(),
                    labels.size()));
      }
      return LinearHead.largest(logits.toFloatArray(), labels.size());
    }
  }

  @Override
  public void close() {
    module.close();
  }
}

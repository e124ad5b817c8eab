package io.tributary.model.averaging;

import ai.djl.Device;
import com.google.gson.Gson;
import io.tributary.data.TensorBytes;
import io.tributary.model.DecoderConfig;
import io.tributary.model.LanguageModel;
import io.tributary.model.TensorLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** One layer, one grouped key-value head, an output layer of its own, several end tokens. */
record AveragingConfig(int width, int positions, int vocabulary, List<Integer> endTokens)
    implements DecoderConfig {
  static final String EMBEDDING = "embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";

  @Override
  public int layers() {
    return 1;
  }

  @Override
  public int heads() {
    return 2;
  }

  @Override
  public int keyValueHeads() {
    return 1;
  }

  @Override
  public int headWidth() {
    return width;
  }

  @Override
  public int bosToken() {
    return 0;
  }

  @Override
  public TensorLayout tensors() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put(EMBEDDING, new long[] {vocabulary, width});
    shapes.put(HEAD, new long[] {vocabulary, width});
    return new TensorLayout(shapes, HEAD, "model.", HEAD, Pattern.compile("rotary"));
  }

  @Override
  public double trainingBytes(long sequences, long positions) {
    return 3.0 * Float.BYTES * sequences * positions * width;
  }

  @Override
  public List<TensorBytes> initialise(long seed) {
    return tensors().initialise(seed, name -> 0.5);
  }

  @Override
  public LanguageModel model(List<TensorBytes> weights, Device device) {
    return new Averaging(this, weights, device);
  }

  @Override
  public String toJson() {
    return new Gson()
        .toJson(
            Map.of(
                "model_type", "averaging",
                "hidden_size", width,
                "max_position_embeddings", positions,
                "vocab_size", vocabulary,
                "eos_token_id", endTokens));
  }
}

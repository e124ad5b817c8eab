package io.tributary.testing.model;

import ai.djl.Device;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.data.TensorBytes;
import io.tributary.io.JsonFile;
import io.tributary.model.DecoderConfig;
import io.tributary.model.LanguageModel;
import io.tributary.model.ModelFamily;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Models small enough to enumerate, with weights large enough to matter. */
public final class TinyModels {
  private TinyModels() {}

  /** A tied model of two layers whose last token is BOS and EOS. */
  public static LanguageModel tied(int vocabulary, int positions, long seed) {
    return random(TinyModels.config(2, 2, 8, positions, vocabulary, vocabulary - 1), seed, 0.5);
  }

  /** As {@link #tied}, with an output layer of its own. */
  public static LanguageModel untied(int vocabulary, int positions, long seed) {
    return random(
        untied(TinyModels.config(2, 2, 8, positions, vocabulary, vocabulary - 1)), seed, 0.5);
  }

  /** A model with normal weights, those of layer norms around 1. */
  public static LanguageModel random(DecoderConfig config, long seed, double deviation) {
    return config.model(weights(config, seed, deviation), Device.cpu());
  }

  /** The weights of {@link #random}. */
  public static List<TensorBytes> weights(DecoderConfig config, long seed, double deviation) {
    Random random = new Random(seed);
    List<TensorBytes> tensors = new ArrayList<>();
    config
        .tensors()
        .shapes()
        .forEach(
            (name, shape) -> {
              double mean = shape.length == 1 && name.endsWith(".weight") ? 1 : 0;
              tensors.add(Tensors.of(name, i -> mean + deviation * random.nextGaussian(), shape));
            });
    return tensors;
  }

  /** The configuration of a small model whose one special token is {@code endOfText}. */
  public static DecoderConfig config(
      int layers, int heads, int width, int positions, int vocabulary, int endOfText) {
    return ModelFamily.of(ModelFamily.DEFAULT)
        .config(layers, heads, width, positions, vocabulary, endOfText);
  }

  /** The same configuration with an output layer of its own. */
  public static DecoderConfig untied(DecoderConfig tied) {
    JsonObject json = JsonParser.parseString(tied.toJson()).getAsJsonObject();
    json.addProperty("tie_word_embeddings", false);
    return ModelFamily.of(ModelFamily.DEFAULT).config(new JsonFile(Path.of("config.json"), json));
  }
}

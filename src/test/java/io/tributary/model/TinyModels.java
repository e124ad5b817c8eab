package io.tributary.model;

import ai.djl.Device;
import io.tributary.data.TensorBytes;
import io.tributary.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Models small enough to enumerate, with weights large enough to matter. */
public final class TinyModels {
  private TinyModels() {}

  /** A tied model of two layers whose last token is BOS and EOS. */
  public static Gpt tied(int vocabulary, int positions, long seed) {
    return random(GptConfig.of(2, 2, 8, positions, vocabulary, vocabulary - 1), seed, 0.5);
  }

  /** As {@link #tied}, with an output layer of its own. */
  static Gpt untied(int vocabulary, int positions, long seed) {
    return random(untied(GptConfig.of(2, 2, 8, positions, vocabulary, vocabulary - 1)), seed, 0.5);
  }

  /** A model with normal weights, those of layer norms around 1. */
  public static Gpt random(GptConfig config, long seed, double deviation) {
    return new Gpt(config, weights(config, seed, deviation), Device.cpu());
  }

  /** The weights of {@link #random}. */
  public static List<TensorBytes> weights(GptConfig config, long seed, double deviation) {
    Random random = new Random(seed);
    List<TensorBytes> tensors = new ArrayList<>();
    GptTensors.shapes(config)
        .forEach(
            (name, shape) -> {
              double mean = shape.length == 1 && name.endsWith(".weight") ? 1 : 0;
              tensors.add(Tensors.of(name, i -> mean + deviation * random.nextGaussian(), shape));
            });
    return tensors;
  }

  /** A configuration with an output layer of its own. */
  static GptConfig untied(GptConfig c) {
    return new GptConfig(
        c.layers(),
        c.heads(),
        c.width(),
        c.innerWidth(),
        c.positions(),
        c.vocabulary(),
        c.normEpsilon(),
        c.activation(),
        c.bosToken(),
        c.eosToken(),
        false,
        c.scaleAttention(),
        c.scaleByLayer());
  }
}

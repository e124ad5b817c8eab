package io.tributary.tools.bench;

import io.tributary.model.DecoderConfig;
import io.tributary.model.ModelFamily;

/**
 * Shape of a model with random weights.
 *
 * @param family what kind of model it is
 * @param layers decoder blocks
 * @param heads attention heads of a block
 * @param width size of the hidden states, a multiple of the heads
 * @param vocabulary number of tokens, at least the 256 bytes and the end of text
 * @param positions longest sequence with its prefix
 */
public record Shape(
    ModelFamily family, int layers, int heads, int width, int vocabulary, int positions) {
  private static final int MIN_VOCABULARY = 300;

  public Shape {
    if (vocabulary < MIN_VOCABULARY) {
      throw new IllegalArgumentException(
          "a vocabulary of %d: expected at least %d".formatted(vocabulary, MIN_VOCABULARY));
    }
    // checks the rest
    family.config(layers, heads, width, positions, vocabulary, vocabulary - 1);
  }

  /**
   * Reads {@code LAYERS,HEADS,WIDTH,VOCABULARY,POSITIONS}, with a {@code model_type} and a colon
   * before it unless it is GPT-2's.
   *
   * @throws IllegalArgumentException if these are not five numbers that make a model
   */
  public static Shape of(String text) {
    int colon = text.indexOf(':');
    String[] parts = text.substring(colon + 1).split(",", -1);
    if (parts.length != 5) {
      throw new IllegalArgumentException("got " + parts.length + " numbers, expected five");
    }
    int[] n = new int[parts.length];
    for (int i = 0; i < n.length; i++) {
      String part = parts[i].strip();
      if (!part.matches("\\d{1,9}")) {
        throw new IllegalArgumentException("\"%s\" is not a whole number".formatted(part));
      }
      n[i] = Integer.parseInt(part);
    }
    String modelType = colon < 0 ? ModelFamily.DEFAULT : text.substring(0, colon).strip();
    return new Shape(ModelFamily.of(modelType), n[0], n[1], n[2], n[3], n[4]);
  }

  DecoderConfig config(int endOfText) {
    return family.config(layers, heads, width, positions, vocabulary, endOfText);
  }
}

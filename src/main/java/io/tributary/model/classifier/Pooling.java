package io.tributary.model.classifier;

import io.tributary.io.JsonFile;
import java.util.Locale;

/** How the hidden states of a text become features. */
public enum Pooling {
  /** Their mean over the text's tokens, of every layer. */
  MEAN,
  /** Hidden states are not used. */
  NONE;

  /**
   * What a {@code classifier.json} says.
   *
   * @throws io.tributary.data.BadInputException if it says something else
   */
  static Pooling of(JsonFile json) {
    String text = json.text("pooling");
    for (Pooling pooling : values()) {
      if (pooling.toString().equals(text)) {
        return pooling;
      }
    }
    throw json.refusal("pooling = \"%s\", expected \"mean\" or \"none\"".formatted(text));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

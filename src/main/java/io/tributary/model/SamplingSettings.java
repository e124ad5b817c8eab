package io.tributary.model;

/**
 * How sequences are drawn.
 *
 * @param maxLength longest sequence in tokens, EOS included, the prefix not
 * @param stopAtEos whether EOS ends a sequence; otherwise all have {@code maxLength} tokens
 * @param temperature logits are divided by it; log-probabilities are those of the tempered model
 * @param topK only the k most likely tokens; 0 for all
 * @param topP only the most likely tokens that together reach this probability; 1 for all
 */
public record SamplingSettings(
    int maxLength, boolean stopAtEos, double temperature, int topK, double topP) {
  public SamplingSettings {
    if (maxLength < 1) {
      throw new IllegalArgumentException("max-length must be at least 1, got " + maxLength);
    }
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature must be positive, got " + temperature);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top-k must be at least 0, got " + topK);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top-p must be in (0, 1], got " + topP);
    }
  }

  /** Plain ancestral sampling. */
  public static SamplingSettings plain(int maxLength, boolean stopAtEos) {
    return new SamplingSettings(maxLength, stopAtEos, 1, 0, 1);
  }

  /** Whether tokens are left out, so that draws do not follow the model's own distribution. */
  public boolean truncated() {
    return topK > 0 || topP < 1;
  }
}

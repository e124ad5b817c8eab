package io.tributary.cli.standalone;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A sequence as verbs print it: one JSON object per line. */
public sealed interface SequenceJson {
  /**
   * A sequence with its log-probability.
   *
   * @param text null if there is no tokenizer
   * @param logProb in nats
   */
  record OfModel(@Nullable String text, int[] tokens, double logProb) implements SequenceJson {
    /**
     * @throws IllegalStateException if the log-probability is not a number
     */
    public OfModel {
      requireFinite(logProb);
    }
  }

  /**
   * The same with the features of a target and log P.
   *
   * @param features values by the features' names
   * @param logP in nats; null where P = 0
   */
  record OfTarget(
      @Nullable String text,
      int[] tokens,
      double logProb,
      Map<String, Double> features,
      @Nullable Double logP)
      implements SequenceJson {
    public OfTarget {
      requireFinite(logProb);
    }
  }

  /** The JSON object, with nulls. */
  default String json() {
    return Format.GSON.toJson(this);
  }

  private static void requireFinite(double logProb) {
    if (!Double.isFinite(logProb)) {
      throw new IllegalStateException(
          "the model gives a log-probability of %s; are its weights damaged?".formatted(logProb));
    }
  }

  /** How objects are written. */
  final class Format {
    private static final Gson GSON =
        new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private Format() {}
  }
}

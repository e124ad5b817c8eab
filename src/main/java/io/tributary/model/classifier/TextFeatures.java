package io.tributary.model.classifier;

import io.tributary.model.MeanStates;
import io.tributary.model.TextTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes the features of texts: mean hidden states of a frozen model, counts of listed words,
 * n-grams of tokens. Thread-safe.
 *
 * @param positions tokens that are read of a text, BOS included
 * @param states null if hidden states are not used
 */
public record TextFeatures(
    TextTokenizer tokenizer,
    int positions,
    @Nullable MeanStates states,
    WordLists words,
    NgramVocabulary ngrams) {

  /** The same with other n-grams. */
  public TextFeatures with(NgramVocabulary others) {
    return new TextFeatures(tokenizer, positions, states, words, others);
  }

  /** Number of mean hidden states. */
  public int statesSize() {
    return states == null ? 0 : states.size();
  }

  /** Number of dense features, mean hidden states included. */
  int denseSize() {
    return statesSize() + words.size();
  }

  /** The tokens of a text, cut off where the model has no more positions after BOS. */
  public int[] tokens(String text) {
    int[] tokens = tokenizer.encode(text);
    return tokens.length < positions ? tokens : Arrays.copyOf(tokens, positions - 1);
  }

  /** The features of each text. */
  public List<FeatureRow> of(List<String> texts) {
    List<int[]> tokens = texts.stream().map(this::tokens).toList();
    float[][] means = states == null ? new float[texts.size()][0] : states.of(tokens);
    List<FeatureRow> rows = new ArrayList<>();
    for (int i = 0; i < means.length; i++) {
      float[] dense = Arrays.copyOf(means[i], denseSize());
      float[] counts = words.counts(texts.get(i));
      System.arraycopy(counts, 0, dense, statesSize(), counts.length);
      rows.add(new FeatureRow(dense, ngrams.in(tokens.get(i))));
    }
    return rows;
  }
}

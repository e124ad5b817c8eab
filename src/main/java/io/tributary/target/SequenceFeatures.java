package io.tributary.target;

import io.tributary.model.TextTokenizer;
import io.tributary.target.feature.Text;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes sequences and computes their features. A sequence on which a feature fails is dropped:
 * logged, counted, and never used.
 */
public record SequenceFeatures(TextTokenizer tokenizer, EnergyBasedModel target) {
  private static final Logger LOG = LoggerFactory.getLogger(SequenceFeatures.class);

  /**
   * A sequence with its features.
   *
   * @param index its place among the sequences that were given
   * @param values (features), phi(x)
   */
  public record Featured(int index, Text text, double[] values) {}

  /**
   * The features of sequences, in their order; without those that are dropped.
   *
   * @param sequences their tokens
   * @param source what they were drawn for, for the log
   */
  public List<Featured> of(List<int[]> sequences, String source) {
    List<Text> texts =
        sequences.stream().map(s -> new Text(tokenizer.decode(s), s.length)).toList();
    List<Featured> featured = new ArrayList<>();
    try {
      double[][] values = target.featureValues(texts);
      for (int j = 0; j < values.length; j++) {
        featured.add(new Featured(j, texts.get(j), values[j]));
      }
      return featured;
    } catch (RuntimeException ofSome) {
      return oneByOne(texts, source);
    }
  }

  private List<Featured> oneByOne(List<Text> texts, String source) {
    List<Featured> featured = new ArrayList<>();
    for (int j = 0; j < texts.size(); j++) {
      Text text = texts.get(j);
      try {
        featured.add(new Featured(j, text, target.featureValues(List.of(text))[0]));
      } catch (RuntimeException e) {
        LOG.warn(
            "sequence {} of {}, \"{}\", is dropped: {}", j, source, text.text(), e.getMessage(), e);
      }
    }
    return featured;
  }
}

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
   * @param rows sequences whose features are computed at once
   * @param progress called after every group of that many
   */
  public List<Featured> of(List<int[]> sequences, String source, int rows, Runnable progress) {
    List<Featured> featured = new ArrayList<>();
    for (int from = 0; from < sequences.size(); from += rows) {
      List<int[]> group = sequences.subList(from, Math.min(sequences.size(), from + rows));
      add(group, from, source, featured);
      progress.run();
    }
    return featured;
  }

  private void add(List<int[]> sequences, int first, String source, List<Featured> featured) {
    List<Text> texts =
        sequences.stream().map(s -> new Text(tokenizer.decode(s), s.length)).toList();
    double[][] values;
    try {
      values = target.featureValues(texts);
    } catch (RuntimeException ofSome) {
      addOneByOne(texts, first, source, featured);
      return;
    }
    for (int j = 0; j < values.length; j++) {
      featured.add(new Featured(first + j, texts.get(j), values[j]));
    }
  }

  private void addOneByOne(List<Text> texts, int first, String source, List<Featured> featured) {
    for (int j = 0; j < texts.size(); j++) {
      Text text = texts.get(j);
      try {
        featured.add(new Featured(first + j, text, target.featureValues(List.of(text))[0]));
      } catch (RuntimeException e) {
        LOG.warn(
            "sequence {} of {}, \"{}\", is dropped: {}",
            first + j,
            source,
            text.text(),
            e.getMessage(),
            e);
      }
    }
  }
}

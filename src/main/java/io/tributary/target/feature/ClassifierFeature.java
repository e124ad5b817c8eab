package io.tributary.target.feature;

import io.tributary.model.classifier.TextClassifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * 1 iff the class that a text classifier predicts is one of the desired ones (section 4.2 (c),
 * Korbak et al. 2022, arXiv:2206.00761). The classifier lives until the feature is closed.
 *
 * @param labels indices of the desired classes
 */
record ClassifierFeature(String name, TextClassifier classifier, int[] labels) implements Feature {
  @Override
  public double value(Text text) {
    return values(List.of(text))[0];
  }

  @Override
  public double[] values(List<Text> texts) {
    int[] predicted = classifier.classify(texts.stream().map(Text::text).toList());
    return Arrays.stream(predicted)
        .mapToDouble(label -> IntStream.of(labels).anyMatch(asked -> asked == label) ? 1 : 0)
        .toArray();
  }

  @Override
  public void close() {
    classifier.close();
  }
}

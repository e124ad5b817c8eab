package io.tributary.target.feature;

import io.tributary.model.classifier.TextClassifier;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * 1 iff the class that a text classifier predicts is one of the desired ones (section 4.2 (c),
 * Korbak et al. 2022, arXiv:2206.00761). The classifier lives until the feature is closed; if a
 * thread hangs in it then, it stays open, since native code would use memory that is freed.
 *
 * @param labels indices of the desired classes
 * @param use shared by those who classify; exclusive once it is closed
 */
record ClassifierFeature(String name, TextClassifier classifier, int[] labels, StampedLock use)
    implements Feature {
  private static final Logger LOG = LoggerFactory.getLogger(ClassifierFeature.class);

  ClassifierFeature(String name, TextClassifier classifier, int[] labels) {
    this(name, classifier, labels, new StampedLock());
  }

  @Override
  public double value(Text text) {
    return values(List.of(text))[0];
  }

  @Override
  public double[] values(List<Text> texts) {
    long stamp = use.tryReadLock();
    if (stamp == 0) {
      throw new IllegalStateException("the classifier of feature \"" + name + "\" is closed");
    }
    try {
      int[] predicted = classifier.classify(texts.stream().map(Text::text).toList());
      return Arrays.stream(predicted)
          .mapToDouble(label -> IntStream.of(labels).anyMatch(asked -> asked == label) ? 1 : 0)
          .toArray();
    } finally {
      use.unlockRead(stamp);
    }
  }

  @Override
  public void close() {
    if (use.tryWriteLock() != 0) {
      classifier.close();
    } else if (use.isReadLocked()) {
      LOG.warn(
          "the classifier of feature \"{}\" is still in use; it stays in memory until the process"
              + " ends",
          name);
    }
  }
}

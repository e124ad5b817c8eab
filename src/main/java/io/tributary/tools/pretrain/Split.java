package io.tributary.tools.pretrain;

import io.tributary.data.Seeds;
import io.tributary.data.Seeds.Purpose;
import java.util.List;
import java.util.function.Predicate;

/**
 * Documents to train on, and documents that are held out to measure perplexity.
 *
 * <p>Which side a document is on depends on its text and the seed alone: documents of the same text
 * are on the same side, and adding files to the data moves none.
 */
record Split(List<Document> training, List<Document> heldOut) {

  /** Holds out about the given share of the documents. */
  static Split of(List<Document> documents, double heldOutFraction, long seed) {
    Predicate<Document> isHeldOut = d -> uniform(d.text(), seed) < heldOutFraction;
    return new Split(
        documents.stream().filter(isHeldOut.negate()).toList(),
        documents.stream().filter(isHeldOut).toList());
  }

  /** A number in [0, 1), determined by text and seed. */
  private static double uniform(String text, long seed) {
    return (Seeds.seed(seed, Purpose.HELD_OUT, text.hashCode()) >>> 11) * 0x1p-53;
  }
}

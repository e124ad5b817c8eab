package io.tributary.pretrain;

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

  /** A number in [0, 1) that the text and the seed decide (mixed as SplitMix64 does it). */
  private static double uniform(String text, long seed) {
    long z = text.hashCode() * 0x9e3779b97f4a7c15L ^ seed;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    z ^= z >>> 31;
    return (z >>> 11) * 0x1p-53;
  }
}

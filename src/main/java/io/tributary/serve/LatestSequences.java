package io.tributary.serve;

import io.tributary.data.LearnedSequence;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The sequences that were learned last, for people to read. Safe for use by several threads. */
public final class LatestSequences {

  /** So many are kept. */
  static final int MOST = 100;

  private final Deque<LearnedSequence> sequences = new ArrayDeque<>(); // the newest first

  /** Sequences of one step, in their order; the newest step is told last. */
  public synchronized void add(List<LearnedSequence> learned) {
    learned.forEach(sequences::addFirst);
    while (sequences.size() > MOST) {
      sequences.removeLast();
    }
  }

  /**
   * The latest ones, newest first.
   *
   * @param number how many at most
   */
  synchronized List<LearnedSequence> latest(int number) {
    return sequences.stream().limit(number).toList();
  }
}

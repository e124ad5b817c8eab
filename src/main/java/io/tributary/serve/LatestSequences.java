package io.tributary.serve;

import io.tributary.data.LearnedSequence;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The latest learned sequences, for people to read. Thread-safe. */
public final class LatestSequences {

  /** Number of sequences kept. */
  static final int MOST = 100;

  private final Deque<LearnedSequence> sequences = new ArrayDeque<>(); // the newest first

  /** Adds the sequences of one step, in their order. */
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

package io.tributary.serve;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tributary.data.LearnedSequence;
import io.tributary.metrics.SamplesJsonl;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The sequences that were learned last, for people to look at. Safe for use by several threads. */
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
   * The latest as JSON, newest first.
   *
   * @param number how many at most
   */
  synchronized JsonObject json(int number) {
    JsonArray rows = new JsonArray();
    sequences.stream().limit(number).map(SamplesJsonl::row).forEach(rows::add);
    JsonObject json = new JsonObject();
    json.add("samples", rows);
    return json;
  }
}

package io.tributary.metrics;

import io.tributary.data.Batch;
import io.tributary.data.Draw;
import io.tributary.data.ScoredSequence;
import io.tributary.metrics.Label.DropReason;
import io.tributary.metrics.Label.Stage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Accounts for every sequence of one stream, from the acceptance of its draw until it is learned or
 * dropped, exactly once. Therefore {@code stage_sequences_total{stage="sampler"}} is at any time
 * the sum of {@code stage_sequences_total{stage="learner"}}, {@code sequences_dropped_total} over
 * all reasons, and {@code stream_sequences}; and the last is 0 once the stream has ended.
 * Thread-safe.
 *
 * <p>Entries are kept by draw, so that nothing can leave the stream that did not enter it.
 */
public final class SequenceLedger {
  private final RunMetrics metrics;
  private final StageMetrics sampler;
  private final StageMetrics learner;
  private final Map<Long, Integer> inStream = new HashMap<>();
  private @Nullable DropReason ended;

  SequenceLedger(RunMetrics metrics) {
    this.metrics = metrics;
    this.sampler = metrics.stage(Stage.SAMPLER);
    this.learner = metrics.stage(Stage.LEARNER);
    report();
  }

  /** A draw was accepted from a sampler; after the end of the stream it is dropped. */
  public synchronized void drawn(Draw draw) {
    int sequences = draw.sequences().size();
    sampler.items(sequences, draw.tokens());
    DropReason reason = ended;
    if (reason != null) {
      count(reason, sequences);
    } else {
      inStream.merge(draw.number(), sequences, Integer::sum);
      report();
    }
  }

  /** A window was accepted from a sampler: no sequence of it goes to the learner. */
  public synchronized void drawnForWindow(Draw window) {
    sampler.items(window.sequences().size(), window.tokens());
    count(DropReason.WINDOW, window.sequences().size());
  }

  /**
   * Sequences of a draw are dropped.
   *
   * @throws IllegalStateException if the stream holds fewer
   */
  public synchronized void dropped(DropReason reason, long draw, int sequences) {
    if (ended == null) {
      take(draw, sequences);
      count(reason, sequences);
      report();
    }
  }

  /**
   * The learner has used a batch. Those of the bootstrap count as dropped, since nothing is learned
   * from them. After the end of the stream nothing is counted, since everything was dropped.
   *
   * @throws IllegalStateException if its sequences are not in the stream
   */
  public synchronized void used(Batch batch) {
    if (ended != null) {
      return;
    }
    long tokens = 0;
    for (ScoredSequence scored : batch.sequences()) {
      take(scored.sequence().draw(), 1);
      tokens += scored.sequence().tokens().length;
    }
    if (batch instanceof Batch.Training) {
      learner.items(batch.sequences().size(), tokens);
    } else {
      count(DropReason.BOOTSTRAP, batch.sequences().size());
    }
    report();
  }

  /** The stream has ended; what is left in it is dropped. */
  public synchronized void end(DropReason reason) {
    if (ended == null) {
      ended = reason;
      count(reason, sequences());
      inStream.clear();
      report();
    }
  }

  private void take(long draw, int sequences) {
    int held = inStream.getOrDefault(draw, 0);
    if (held < sequences) {
      throw new IllegalStateException(
          "%d sequences leave the stream from draw %d, which has only %d left in it"
              .formatted(sequences, draw, held));
    }
    if (held == sequences) {
      inStream.remove(draw);
    } else {
      inStream.put(draw, held - sequences);
    }
  }

  private void count(DropReason reason, long sequences) {
    metrics.add(Metric.SEQUENCES_DROPPED_TOTAL, (double) sequences, reason);
  }

  private void report() {
    metrics.set(Metric.STREAM_SEQUENCES, sequences());
  }

  private long sequences() {
    return inStream.values().stream().mapToLong(Integer::longValue).sum();
  }
}

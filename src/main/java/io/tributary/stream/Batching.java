package io.tributary.stream;

import io.tributary.data.Batch;
import io.tributary.data.RunFailedException;
import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Groups consecutive draws into batches: the bootstrap first, then training batches of equal size.
 * Dropped sequences are replaced by those of later draws.
 */
final class Batching {
  /** The rate of dropped sequences is taken over this many. */
  private static final int WINDOW = 10_000;

  private record Taken(ScoredSequence sequence, AdmittedDraw draw) {}

  private final StreamSettings settings;
  private final StreamPlan plan;
  private final LongConsumer extend;
  private final StreamListener listener;
  private final LongSupplier nanoTime;
  private final Bootstrap bootstrap;
  private final Queue<Taken> waiting = new ArrayDeque<>();
  private long batches;
  private int scoredInWindow;
  private int droppedInWindow;

  /**
   * @param extend told how many sequences the next batch takes more than it would, for the gate
   */
  Batching(
      StreamSettings settings,
      LongConsumer extend,
      StreamListener listener,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.plan = settings.plan();
    this.bootstrap = new Bootstrap(plan.bootstrap(), plan.drawsPerBatch());
    this.extend = extend;
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  /**
   * Adds the next draw, in the order of numbers, and returns the batch that it completes, if any.
   *
   * @throws RunFailedException as soon as more of a window's sequences are dropped than allowed
   */
  List<Batch> add(AdmittedDraw admitted, ScoredDraw scored) {
    int dropped = plan.drawSequences() - scored.sequences().size();
    if (admitted.number() != scored.number() || dropped < 0) {
      throw new IllegalStateException(
          "expected draw %d with at most %d sequences, got draw %d with %d"
              .formatted(
                  admitted.number(),
                  plan.drawSequences(),
                  scored.number(),
                  scored.sequences().size()));
    }
    if (dropped > 0) {
      listener.sequencesDropped(admitted.number(), dropped);
    }
    limitDropped(dropped);
    long nextDraw = admitted.number() + 1;
    return bootstrap.isOver()
        ? addToTraining(admitted, scored, dropped, nextDraw)
        : addToBootstrap(scored, nextDraw);
  }

  /** A few dropped sequences do no harm, but many leave the learner a biased sample, or none. */
  private void limitDropped(int dropped) {
    scoredInWindow += plan.drawSequences();
    droppedInWindow += dropped;
    if (droppedInWindow > plan.maxDropRate() * WINDOW) {
      throw new RunFailedException(
          "scoring failed on %d of the last %d sequences, stream.max-drop-rate = %s allows %d of %d; the log of the scorers says why"
              .formatted(
                  droppedInWindow,
                  scoredInWindow,
                  plan.maxDropRate(),
                  (int) (plan.maxDropRate() * WINDOW),
                  WINDOW));
    }
    if (scoredInWindow >= WINDOW) {
      scoredInWindow = 0;
      droppedInWindow = 0;
    }
  }

  private List<Batch> addToBootstrap(ScoredDraw scored, long nextDraw) {
    int more = bootstrap.add(scored.sequences());
    listener.bootstrapDrawn(bootstrap.sequences(), bootstrap.hits(), plan.bootstrap().hits());
    if (more > 0) {
      extend.accept((long) more * plan.drawSequences());
    }
    return bootstrap.isOver() ? List.of(bootstrap.take(nextDraw)) : List.of();
  }

  private List<Batch> addToTraining(
      AdmittedDraw admitted, ScoredDraw scored, int dropped, long nextDraw) {
    scored.sequences().forEach(sequence -> waiting.add(new Taken(sequence, admitted)));
    if (dropped > 0) {
      extend.accept(dropped);
    }
    if (waiting.size() < plan.batchSequences()) {
      return List.of();
    }
    long now = nanoTime.getAsLong();
    List<ScoredSequence> sequences = new ArrayList<>(plan.batchSequences());
    while (sequences.size() < plan.batchSequences()) {
      Taken taken = waiting.remove();
      sequences.add(taken.sequence());
      listener.sequenceTaken(
          batches - taken.draw().learnedBatches(), now - taken.draw().admittedNanos());
    }
    batches++;
    if (!settings.plan().carriesOver() && !waiting.isEmpty()) {
      int rest = waiting.size();
      waiting.clear();
      listener.sequencesLeftOver(admitted.number(), rest);
      extend.accept(rest);
    }
    return List.of(new Batch.Training(sequences, nextDraw));
  }
}

package io.tributary.run.watch;

import io.tributary.data.Batch;
import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredDraw;
import io.tributary.metrics.Label.DropReason;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.SequenceLedger;
import io.tributary.metrics.WorkClock;
import io.tributary.metrics.WorkTime;
import io.tributary.stream.PoolListener;
import io.tributary.stream.StreamListener;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Enters into the metrics what the streams of a run and their pools do, one stream after the other.
 * Thread-safe.
 */
public final class StreamMetrics {
  private final RunMetrics metrics;
  private final int drawSequences;
  private final Map<Stage, Queue> queues = new ConcurrentHashMap<>();
  private volatile SequenceLedger ledger;

  /** For streams whose draws have {@code drawSequences} sequences. */
  public StreamMetrics(RunMetrics metrics, int drawSequences) {
    this.metrics = metrics;
    this.drawSequences = drawSequences;
    this.ledger = metrics.ledger();
  }

  /**
   * @param waitingSequences sequences waiting for a worker
   * @param inflightSequences sequences that a worker has
   */
  record Queue(int workers, long waitingSequences, long inflightSequences) {}

  /** The queue of a stage's pool. */
  Queue queue(Stage stage) {
    return queues.getOrDefault(stage, new Queue(0, 0, 0));
  }

  /**
   * A listener for a new stream and its pools; the one before must have ended.
   *
   * @param progress shows how far the bootstrap is
   */
  public OfStream begin(Consumer<String> progress) {
    ledger = metrics.ledger();
    return new OfStream(ledger, progress);
  }

  /** The stream has ended. */
  public void end(DropReason reason) {
    ledger.end(reason);
  }

  /** A listener for the samplers' pool of a fit, whose sequences are counted separately. */
  public PoolListener<DrawOrder, Draw> fitSamplers() {
    return pool(
        Stage.SAMPLER,
        (order, draw) -> metrics.stage(Stage.FIT).items(draw.sequences().size(), draw.tokens()));
  }

  /** A listener for the scorers' pool of a fit. */
  public PoolListener<Draw, DrawFeatures> fitScorers() {
    return pool(Stage.SCORER, (draw, features) -> {});
  }

  private <W, R> PoolListener<W, R> pool(Stage stage, BiConsumer<W, R> accepted) {
    return new PoolListener<>() {
      @Override
      public void loadChanged(int waiting, int inFlight, int workers) {
        load(stage, waiting, inFlight, workers);
      }

      @Override
      public void resultAccepted(W work, R result) {
        accepted.accept(work, result);
      }

      @Override
      public void worked(WorkTime time) {
        metrics.stage(stage).worked(time);
      }

      @Override
      public void drawReissued(long draw) {
        metrics.add(Metric.DRAWS_REISSUED_TOTAL, 1);
      }
    };
  }

  void load(Stage stage, int waitingDraws, int inFlightDraws, int workers) {
    long waiting = (long) waitingDraws * drawSequences;
    long inFlight = (long) inFlightDraws * drawSequences;
    metrics.stage(stage).waiting(waiting);
    metrics.stage(stage).inflight(inFlight);
    metrics.stage(stage).workers(workers);
    queues.put(stage, new Queue(workers, waiting, inFlight));
  }

  /** Enters what one stream and its pools do. Called on their threads. */
  public final class OfStream implements StreamListener {
    private final SequenceLedger sequences;
    private final Consumer<String> progress;
    private volatile @Nullable WorkClock closed; // while the gate is

    private OfStream(SequenceLedger sequences, Consumer<String> progress) {
      this.sequences = sequences;
      this.progress = progress;
    }

    /** A listener for the samplers' pool. */
    public PoolListener<DrawOrder, Draw> samplers() {
      return pool(
          Stage.SAMPLER,
          (order, draw) -> {
            if (order.purpose() == DrawOrder.Purpose.WINDOW) {
              sequences.drawnForWindow(draw);
            } else {
              sequences.drawn(draw);
            }
          });
    }

    /** A listener for the scorers' pool. */
    public PoolListener<Draw, ScoredDraw> scorers() {
      return pool(
          Stage.SCORER,
          (draw, scored) ->
              metrics.stage(Stage.SCORER).items(scored.sequences().size(), scored.tokens()));
    }

    /** The learner has used a batch. */
    public void used(Batch batch) {
      sequences.used(batch);
    }

    @Override
    public void limitChanged(long limit) {
      metrics.set(Metric.ADMISSION_LIMIT_SEQUENCES, limit);
    }

    @Override
    public void admissionClosed() {
      closed = metrics.admissionCloses();
    }

    @Override
    public void admissionOpened() {
      WorkClock ended = closed;
      if (ended != null) {
        ended.close();
        closed = null;
      }
    }

    @Override
    public void bootstrapDrawn(int drawn, int hits, int wanted) {
      progress.accept(
          wanted == 0
              ? String.format(Locale.ROOT, "bootstrap: %,d sequences", drawn)
              : String.format(
                  Locale.ROOT, "bootstrap: %,d sequences, %,d of %,d hits", drawn, hits, wanted));
    }

    @Override
    public void sequencesDropped(long draw, int count) {
      sequences.dropped(DropReason.SCORING, draw, count);
    }

    @Override
    public void sequencesLeftOver(long draw, int count) {
      sequences.dropped(DropReason.LEFT_OVER, draw, count);
    }

    @Override
    public void sequenceTaken(long stalenessSteps, long ageNanos) {
      metrics.observe(Metric.SEQUENCE_STALENESS_STEPS, (double) stalenessSteps);
      metrics.observe(Metric.SEQUENCE_AGE_SECONDS, ageNanos / 1e9);
    }
  }
}

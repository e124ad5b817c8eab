package io.tributary.run.watch;

import io.tributary.data.Batch;
import io.tributary.data.Draw;
import io.tributary.data.ScoredDraw;
import io.tributary.metrics.DropReason;
import io.tributary.metrics.FlowMetrics;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.SequenceLedger;
import io.tributary.metrics.Stage;
import io.tributary.metrics.WorkClock;
import io.tributary.stream.PoolListener;
import io.tributary.stream.StreamListener;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Enters into the metrics what one stream and its pools do. Called on their threads. */
public final class StreamReport implements StreamListener {
  private final StreamMetrics stream;
  private final RunMetrics metrics;
  private final FlowMetrics flow;
  private final SequenceLedger ledger;
  private volatile @Nullable WorkClock closed; // while the gate is

  StreamReport(StreamMetrics stream, RunMetrics metrics, SequenceLedger ledger) {
    this.stream = stream;
    this.metrics = metrics;
    this.flow = metrics.flow();
    this.ledger = ledger;
  }

  /** A listener for the samplers' pool. */
  public PoolListener<Draw> samplers() {
    return stream.pool(Stage.SAMPLER, ledger::drawn);
  }

  /** A listener for the scorers' pool. */
  public PoolListener<ScoredDraw> scorers() {
    return stream.pool(
        Stage.SCORER,
        draw -> metrics.stage(Stage.SCORER).items(draw.sequences().size(), draw.tokens()));
  }

  /** The learner has used a batch. */
  public void used(Batch batch) {
    ledger.used(batch);
  }

  @Override
  public void limitChanged(long sequences) {
    flow.admissionLimit(sequences);
  }

  @Override
  public void admissionClosed() {
    closed = flow.admissionCloses();
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
  public void sequencesDropped(long draw, int count) {
    ledger.dropped(DropReason.SCORING, draw, count);
  }

  @Override
  public void sequencesLeftOver(long draw, int count) {
    ledger.dropped(DropReason.LEFT_OVER, draw, count);
  }

  @Override
  public void sequenceTaken(long stalenessSteps, long ageNanos) {
    flow.used(stalenessSteps, Duration.ofNanos(ageNanos));
  }
}

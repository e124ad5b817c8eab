package io.tributary.boot;

import io.tributary.metrics.DropReason;
import io.tributary.metrics.FlowMetrics;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.Stage;
import io.tributary.metrics.StageMetrics;
import io.tributary.pipeline.PoolListener;
import io.tributary.pipeline.StreamListener;
import io.tributary.protocol.RunStatus.Queue;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Reports what the stream and its pools tell to the metrics. Called on their threads. */
final class StreamMetrics implements StreamListener {
  private final RunMetrics metrics;
  private final FlowMetrics flow;
  private final int drawSequences;
  private final Map<String, Queue> queues = new ConcurrentHashMap<>();

  StreamMetrics(RunMetrics metrics, int drawSequences) {
    this.metrics = metrics;
    this.flow = metrics.flow();
    this.drawSequences = drawSequences;
  }

  /** Queue depths by stage. */
  Map<String, Queue> queues() {
    return Map.copyOf(queues);
  }

  /** The listener of a stage's pool. */
  PoolListener pool(Stage stage) {
    StageMetrics stageMetrics = metrics.stage(stage);
    return new PoolListener() {
      @Override
      public void loadChanged(int waiting, int inFlight, int workers) {
        long waitingSequences = (long) waiting * drawSequences;
        long inFlightSequences = (long) inFlight * drawSequences;
        stageMetrics.waiting(waitingSequences);
        stageMetrics.inflight(inFlightSequences);
        queues.put(stage.label(), new Queue(waitingSequences, inFlightSequences));
      }

      @Override
      public void drawReissued(long draw) {
        flow.drawReissued();
      }
    };
  }

  @Override
  public void limitChanged(long sequences) {
    flow.admissionLimit(sequences);
  }

  @Override
  public void admissionClosed() {}

  @Override
  public void admissionOpened(long blockedNanos) {}

  @Override
  public void sequencesDropped(int count) {
    flow.dropped(DropReason.SCORING, count);
  }

  @Override
  public void sequencesLeftOver(int count) {
    flow.dropped(DropReason.LEFT_OVER, count);
  }

  @Override
  public void sequenceTaken(long stalenessSteps, long ageNanos) {
    flow.used(1, stalenessSteps, Duration.ofNanos(ageNanos));
  }
}

package io.tributary.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tributary.data.Batch;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import io.tributary.metrics.Label.DropReason;
import java.time.Clock;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SequenceLedgerTest {
  private final RunMetrics metrics = new RunMetrics(Map.of(), Clock.systemUTC());
  private final SequenceLedger ledger = metrics.ledger();

  private static java.util.List<ScoredSequence> sequences(long draw, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            i ->
                new ScoredSequence(
                    new Sequence(draw, i, new int[] {1}, new double[] {-1}, 0),
                    "",
                    new double[0],
                    -1,
                    -1))
        .toList();
  }

  private double inStream() {
    return metrics.value(Metric.STREAM_SEQUENCES);
  }

  private double dropped(DropReason reason) {
    return metrics.value(Metric.SEQUENCES_DROPPED_TOTAL, reason.label());
  }

  private static Draw draw(long number, int size) {
    return new Draw(
        number,
        DrawOrder.Purpose.TRAINING,
        0,
        sequences(number, 0, size).stream().map(ScoredSequence::sequence).toList());
  }

  private double learned() {
    return metrics.value(Metric.STAGE_SEQUENCES_TOTAL, "learner");
  }

  @Test
  void whatIsDrawnIsInTheStreamUntilItIsLearnedOrDropped() {
    ledger.drawn(draw(0, 4));
    ledger.drawn(draw(1, 4));
    assertThat(inStream()).isEqualTo(8);
    ledger.dropped(DropReason.SCORING, 1, 1);
    assertThat(inStream()).isEqualTo(7);
    ledger.used(new Batch.Training(sequences(0, 0, 4), 1));
    assertThat(inStream()).isEqualTo(3);
    ledger.end(DropReason.STOPPED);
    assertThat(inStream()).isZero();
    assertThat(metrics.value(Metric.STAGE_SEQUENCES_TOTAL, "sampler")).isEqualTo(8);
    assertThat(metrics.value(Metric.STAGE_TOKENS_TOTAL, "sampler")).isEqualTo(8);
    assertThat(learned()).isEqualTo(4);
    assertThat(metrics.value(Metric.STAGE_TOKENS_TOTAL, "learner")).isEqualTo(4);
    assertThat(dropped(DropReason.SCORING)).isEqualTo(1);
    assertThat(dropped(DropReason.STOPPED)).isEqualTo(3);
  }

  @Test
  void aBatchThatIsNotTrainedOnIsDroppedForTheBootstrap() {
    ledger.drawn(draw(0, 4));
    ledger.used(new Batch.Bootstrap(sequences(0, 0, 4), 1));
    assertThat(inStream()).isZero();
    assertThat(learned()).isZero();
    assertThat(dropped(DropReason.BOOTSTRAP)).isEqualTo(4);
  }

  @Test
  void whatComesAfterTheEndIsDroppedForTheSameReasonAndNothingIsBookedTwice() {
    ledger.drawn(draw(0, 4));
    ledger.end(DropReason.LEARNER_RESTART);
    ledger.drawn(draw(1, 4));
    ledger.dropped(DropReason.SCORING, 0, 1);
    ledger.used(new Batch.Training(sequences(0, 0, 4), 1));
    ledger.end(DropReason.STOPPED);
    assertThat(dropped(DropReason.LEARNER_RESTART)).isEqualTo(8);
    assertThat(dropped(DropReason.SCORING)).isZero();
    assertThat(dropped(DropReason.STOPPED)).isZero();
    assertThat(learned()).isZero();
    assertThat(inStream()).isZero();
  }

  @Test
  void whatWasNotDrawnCanNotLeaveTheStream() {
    ledger.drawn(draw(0, 4));
    assertThatIllegalStateException()
        .isThrownBy(() -> ledger.dropped(DropReason.LEFT_OVER, 0, 5))
        .withMessage("5 sequences leave the stream from draw 0, which has only 4 left in it");
    assertThatIllegalStateException()
        .isThrownBy(() -> ledger.dropped(DropReason.LEFT_OVER, 1, 1))
        .withMessageContaining("which has only 0 left in it");
  }
}

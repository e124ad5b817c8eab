package io.tributary.stream;

import io.tributary.data.DrawOrder;

/**
 * A draw that the gate has let in, stamped at that moment.
 *
 * @param number k
 * @param minimumVersion version of the proposal in force: the draw is made with it or a newer one
 * @param learnedBatches batches that the stream had learned: staleness is counted from here
 * @param admittedNanos time of admission in nanoseconds, of the gate's clock
 */
public record AdmittedDraw(
    long number, long minimumVersion, long learnedBatches, long admittedNanos) {

  /** What a sampler is asked for. */
  DrawOrder order() {
    return new DrawOrder(number, minimumVersion, DrawOrder.Purpose.TRAINING);
  }
}

package io.tributary.stream;

import io.tributary.data.DrawOrder;

/**
 * A draw that the gate has admitted, with the state at that moment.
 *
 * @param number k
 * @param minimumVersion the current proposal: the draw is made with this version or a newer one
 * @param learnedBatches batches learned in this stream so far: staleness is counted from here
 * @param admittedNanos time of admission in nanoseconds, by the gate's clock
 */
record AdmittedDraw(long number, long minimumVersion, long learnedBatches, long admittedNanos) {

  DrawOrder order(int sequences) {
    return new DrawOrder(number, minimumVersion, DrawOrder.Purpose.TRAINING, sequences);
  }
}

package io.tributary.cluster.wire;

import io.tributary.data.DrawOrder;

/**
 * Which piece of work a message is about.
 *
 * @param epoch identifies one start of the trainer; what is of another is discarded
 * @param lease number of the lease: work that is handed out again has another
 * @param purpose of the draw
 * @param number of the draw
 */
public record LeaseId(long epoch, long lease, DrawOrder.Purpose purpose, long number) {}

/**
 * Pools of workers: an actor that hands draws out to whichever sampler or scorer is idle, on this
 * machine or another, and hands them out again when their worker is lost.
 */
@NullMarked
package io.tributary.stream.pool;

import org.jspecify.annotations.NullMarked;

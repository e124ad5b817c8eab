/** A worker's side: samplers and scorers that work for a trainer on another machine. */
@NullMarked
package io.tributary.cluster.slot;

import org.jspecify.annotations.NullMarked;

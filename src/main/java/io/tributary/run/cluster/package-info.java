/** A run on several machines: what the trainer has besides, and the process of a worker. */
@NullMarked
package io.tributary.run.cluster;

import org.jspecify.annotations.NullMarked;

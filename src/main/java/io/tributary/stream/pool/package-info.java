/** Pools of workers that draws are handed to. */
@NullMarked
package io.tributary.stream.pool;

import org.jspecify.annotations.NullMarked;

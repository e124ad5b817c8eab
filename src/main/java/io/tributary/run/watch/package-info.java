/** Watches a run: status, metrics, console. */
@NullMarked
package io.tributary.run.watch;

import org.jspecify.annotations.NullMarked;

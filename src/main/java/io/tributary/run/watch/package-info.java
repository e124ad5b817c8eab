/**
 * Follows a run for people: its status for HTTP, its metrics, and the lines on its console. Nothing
 * here acts on the run.
 */
@NullMarked
package io.tributary.run.watch;

import org.jspecify.annotations.NullMarked;

/**
 * Models, targets and sequences that a verb works with outside of a run: loading them, reading
 * sequences from files, scoring them and printing them.
 */
@NullMarked
package io.tributary.cli.standalone;

import org.jspecify.annotations.NullMarked;

/** Grids of runs, each run in a process of its own, and the report that compares them. */
@NullMarked
package io.tributary.tools.experiment;

import org.jspecify.annotations.NullMarked;

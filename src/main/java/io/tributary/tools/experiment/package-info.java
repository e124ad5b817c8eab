/** Runs grids of runs, each in a process of its own. */
@NullMarked
package io.tributary.tools.experiment;

import org.jspecify.annotations.NullMarked;

/** Settings of grids of runs. */
@NullMarked
package io.tributary.config.experiment;

import org.jspecify.annotations.NullMarked;

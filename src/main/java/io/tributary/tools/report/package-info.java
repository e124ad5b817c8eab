/** The report of a grid of runs: figures, tables, and what the data say of the method's claims. */
@NullMarked
package io.tributary.tools.report;

import org.jspecify.annotations.NullMarked;

/**
 * The report of a grid of runs: its figures and tables. {@code data} reads the runs, {@code claims}
 * tests the claims of the paper, and {@code page} draws figures and writes documents.
 */
@NullMarked
package io.tributary.tools.report;

import org.jspecify.annotations.NullMarked;

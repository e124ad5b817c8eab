/**
 * The report of a grid of runs. {@code data} reads the runs, {@code figures}, {@code tables} and
 * {@code claims} make its parts, {@code draw} draws figures, and {@code page} writes documents.
 */
@NullMarked
package io.tributary.tools.report;

import org.jspecify.annotations.NullMarked;

/**
 * The report of a grid of runs: its figures, its tables and tests of the claims of Korbak et al.
 * 2022, arXiv:2206.00761. {@code page} draws figures and writes documents.
 */
@NullMarked
package io.tributary.tools.report;

import org.jspecify.annotations.NullMarked;

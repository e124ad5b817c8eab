/**
 * The figures of a report, a class each. {@link io.tributary.tools.report.figures.Figures} lists
 * them.
 */
@NullMarked
package io.tributary.tools.report.figures;

import org.jspecify.annotations.NullMarked;

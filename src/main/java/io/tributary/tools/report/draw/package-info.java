/** Figures: data series, axes and their drawing. */
@NullMarked
package io.tributary.tools.report.draw;

import org.jspecify.annotations.NullMarked;

/** Draws figures as SVG and PNG. */
@NullMarked
package io.tributary.tools.report.draw;

import org.jspecify.annotations.NullMarked;

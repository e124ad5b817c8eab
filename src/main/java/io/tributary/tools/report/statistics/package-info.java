/** Tests and intervals of the report. */
@NullMarked
package io.tributary.tools.report.statistics;

import org.jspecify.annotations.NullMarked;

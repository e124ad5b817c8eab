/** The tables of a report, a class each. */
@NullMarked
package io.tributary.tools.report.tables;

import org.jspecify.annotations.NullMarked;

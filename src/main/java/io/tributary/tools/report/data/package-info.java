/** What a report reads: grids and runs by the files that they have written. */
@NullMarked
package io.tributary.tools.report.data;

import org.jspecify.annotations.NullMarked;

/**
 * What a report consists of, figures and tables, how figures are drawn, and the documents that it
 * is written as.
 */
@NullMarked
package io.tributary.tools.report.page;

import org.jspecify.annotations.NullMarked;

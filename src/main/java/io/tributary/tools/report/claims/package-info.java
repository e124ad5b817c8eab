/**
 * Tests of the claims of Korbak et al. 2022, arXiv:2206.00761, with their statistics and the tables
 * that explain them.
 */
@NullMarked
package io.tributary.tools.report.claims;

import org.jspecify.annotations.NullMarked;

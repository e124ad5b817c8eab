/**
 * The mathematics on arrays: weights, partition function, baselines, coefficients, divergences,
 * diagnostics, replacement of the proposal. One equation per method; every importance weight stays
 * in log space until the last step.
 *
 * <p>Equations and facts are numbered as in Korbak et al. 2022, arXiv:2206.00761. Notation, for a
 * sequence x that was drawn from a proposal q: w(x) = P(x)/q(x) is the importance weight, v(x) =
 * pi(x)/q(x) the policy ratio, p = P/Z the target. Sequences of several proposals may be mixed in
 * one array, since every estimator here has the same expectation under each of them.
 */
@NullMarked
package io.tributary.objective;

import org.jspecify.annotations.NullMarked;

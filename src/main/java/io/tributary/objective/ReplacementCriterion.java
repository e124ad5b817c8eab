package io.tributary.objective;

/** By what a policy is judged that may replace the proposal (Algorithm 1, line 6). */
public enum ReplacementCriterion {
  /** Replace when KL(p||pi) is less than KL(p||q). */
  KL,
  /** Replace when TVD(p, pi) is less than TVD(p, q). */
  TVD,
  /** Replace at the end of every interval. */
  ALWAYS
}

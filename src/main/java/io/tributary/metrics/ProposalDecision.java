package io.tributary.metrics;

/** Outcome of judging whether the policy replaces the proposal. */
public enum ProposalDecision implements LabelValue {
  /** The policy is closer to the target: it is the proposal from now on. */
  ACCEPTED,
  /** The proposal is at least as close to the target as the policy. */
  REJECTED,
  /** The window holds no sequence of positive weight, or the difference is within its error. */
  INCONCLUSIVE
}

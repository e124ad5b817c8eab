package io.tributary.config;

/**
 * Replacement of the proposal q by the policy pi.
 *
 * @param criterion in which sense pi has to be closer to p than q is
 * @param confidence standard errors by which it has to be closer
 */
public record ProposalConfig(Criterion criterion, double confidence) {
  public ProposalConfig {
    Require.notNegative("confidence", confidence);
  }
}

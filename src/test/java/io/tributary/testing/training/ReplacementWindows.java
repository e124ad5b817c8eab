package io.tributary.testing.training;

import io.tributary.config.ProposalConfig;
import io.tributary.config.ProposalConfig.Criterion;

/** Settings of replacement windows for tests. */
public final class ReplacementWindows {
  private ReplacementWindows() {}

  /** Judged on the batches learned; the best is not kept. */
  public static ProposalConfig config(Criterion criterion, double confidence) {
    return new ProposalConfig(
        criterion, ProposalConfig.Window.RUNNING, 100, confidence, false, ProposalConfig.Guide.OFF);
  }

  /** Judged on the batches learned, by KL; the best is kept. */
  public static ProposalConfig keepingTheBest(Criterion criterion) {
    return new ProposalConfig(
        criterion, ProposalConfig.Window.RUNNING, 100, 0, true, ProposalConfig.Guide.OFF);
  }
}

package io.tributary.config.objective;

import java.util.List;
import java.util.Locale;

/** The objectives, by the coefficient c(x) in the loss - mean[c(x) log pi(x)]. */
public enum ObjectiveType {
  /** P(x)/q(x) - Z pi(x)/q(x): eq. (15), Korbak et al. 2022, arXiv:2206.00761. */
  GDC_WITH_BASELINE("gdc++", false, Baseline.Z),
  /** P(x)/q(x): KL-adaptive DPG, Khalifa et al. 2021, arXiv:2012.11635. */
  GDC("gdc", false, Baseline.NONE),
  /** As either of these, with q = pi: eq. (5) and Table 1, Korbak et al. 2022, arXiv:2206.00761. */
  DPG("dpg", true, Baseline.Z, Baseline.NONE),
  /** v (R(x) - b): eq. (1) and (11), Korbak et al. 2022, arXiv:2206.00761. */
  REINFORCE("reinforce", true, Baseline.LEAVE_ONE_OUT, Baseline.RUNNING_MEAN, Baseline.NONE),
  /** v (r(x) - beta log(pi(x)/a(x)) - b): eq. (2), Korbak et al. 2022, arXiv:2206.00761. */
  KL_CONTROL("kl-control", true, Baseline.LEAVE_ONE_OUT, Baseline.NONE),
  /** - v (f'(pi(x)/p(x)) - b): Go et al. 2023, arXiv:2302.08215. */
  F_DIVERGENCE("f-divergence", false, Baseline.LEAVE_ONE_OUT, Baseline.NONE);

  private final String spelling;
  private final boolean onPolicy;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Baseline> baselines;

  ObjectiveType(String spelling, boolean onPolicy, Baseline... baselines) {
    this.spelling = spelling;
    this.onPolicy = onPolicy;
    this.baselines = List.of(baselines);
  }

  /** Whether it needs sequences of pi itself, so that every step replaces the proposal. */
  public boolean isOnPolicy() {
    return onPolicy;
  }

  /** The baselines that it allows; the first is the default. */
  public List<Baseline> baselines() {
    return baselines;
  }

  /** Whether its coefficients are in units of P and can be divided by Z. */
  public boolean isInUnitOfTarget() {
    return this == GDC_WITH_BASELINE || this == GDC || this == DPG;
  }

  boolean needsReward() {
    return this == REINFORCE || this == KL_CONTROL;
  }

  @Override
  public String toString() {
    return spelling;
  }

  /** The level of an objective's baseline. */
  public enum Baseline {
    /** No baseline. */
    NONE,
    /** The estimate of Z. */
    Z,
    /** The mean over the other sequences of the batch. */
    LEAVE_ONE_OUT,
    /** The mean over all earlier batches. */
    RUNNING_MEAN;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}

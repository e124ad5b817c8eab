package io.tributary.config;

/** The objectives, by the coefficient c(x) in the loss - mean[c(x) log pi(x)]. */
public enum ObjectiveType {
  /** A(x) = P(x)/q(x) - Z pi(x)/q(x): eq. (15), Korbak et al. 2022, arXiv:2206.00761. */
  GDC_WITH_BASELINE("gdc++"),
  /** P(x)/q(x): KL-adaptive DPG, Khalifa et al. 2021, arXiv:2012.11635. */
  GDC("gdc");

  private final String spelling;

  ObjectiveType(String spelling) {
    this.spelling = spelling;
  }

  /** As written in the configuration. */
  @Override
  public String toString() {
    return spelling;
  }
}

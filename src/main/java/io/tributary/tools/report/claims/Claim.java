package io.tributary.tools.report.claims;

/**
 * What the data say of a claim.
 *
 * @param statement the claim
 * @param verdict whether it shows
 * @param n tasks that it rests on, or what the note says
 * @param estimate what is estimated, with its value and 95 % interval; empty without data
 * @param p two-sided, before adjustment; NaN where nothing was tested
 * @param adjusted p after the adjustment of Holm over all claims that were tested; NaN likewise
 * @param note what else there is to know
 */
record Claim(
    String statement,
    Verdict verdict,
    int n,
    String estimate,
    double p,
    double adjusted,
    String note) {
  /** A claim that a positive estimate shows, before adjustment. */
  static Claim tested(String statement, String what, Scale scale, Estimate estimate, String note) {
    return new Claim(
        statement,
        estimate.value() > 0 ? Verdict.SHOWS : Verdict.OPPOSITE,
        estimate.n(),
        scale.shown(what, estimate),
        estimate.p(),
        Double.NaN,
        note);
  }

  /** A claim without a test. */
  static Claim untested(String statement, Verdict verdict, int n, String estimate, String note) {
    return new Claim(statement, verdict, n, estimate, Double.NaN, Double.NaN, note);
  }

  /** The same claim with an adjusted p; NaN: it was not tested. */
  Claim adjusted(double adjustedP, double significant) {
    return new Claim(
        statement,
        adjustedP >= significant ? Verdict.DOES_NOT_SHOW : verdict,
        n,
        estimate,
        p,
        adjustedP,
        note);
  }

  /** In words that promise no more than there is. */
  enum Verdict {
    SHOWS("shows"),
    DOES_NOT_SHOW("does not show"),
    OPPOSITE("the opposite shows"),
    NOT_ENOUGH_DATA("not enough data");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }
}

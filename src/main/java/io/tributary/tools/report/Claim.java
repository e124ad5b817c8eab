package io.tributary.tools.report;

import io.tributary.tools.report.Comparison.Scale;

/**
 * A claim and what the data say about it.
 *
 * @param statement the claim
 * @param verdict whether the data show it
 * @param n number of tasks it rests on, or of what the note says
 * @param estimate what is estimated, with its value and 95 % interval; empty without data
 * @param p two-sided, before adjustment; NaN if it was not tested
 * @param adjusted p after Holm's adjustment for all claims that were tested; NaN if it was not
 *     tested
 * @param note how it was tested, and caveats
 */
record Claim(
    String statement,
    Verdict verdict,
    int n,
    String estimate,
    double p,
    double adjusted,
    String note) {
  /** A claim that the estimate is positive, before adjustment. */
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

  /** The same claim with an adjusted p, NaN if it was not tested. */
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

  /** What the data show. */
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

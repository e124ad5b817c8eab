package io.tributary.tools.report.claims;

import io.tributary.tools.report.page.Table;

/** The scale on which two values are compared, so that comparisons can be averaged. */
enum Scale {
  /** The difference. */
  DIFFERENCE,
  /** ln(one / other), shown as one / other. */
  LOG_RATIO,
  /**
   * (one - other) / (one + other) of values that are not negative, shown as one / other. Unlike the
   * logarithm, it is finite if one of them is 0, and a single outlier can't dominate its mean.
   */
  CONTRAST;

  double compare(double one, double other) {
    return switch (this) {
      case DIFFERENCE -> one - other;
      case LOG_RATIO -> Math.log(one / other);
      case CONTRAST -> (one - other) / (one + other);
    };
  }

  /** A comparison, or a mean of several, as it is shown. */
  double shown(double compared) {
    return switch (this) {
      case DIFFERENCE -> compared;
      case LOG_RATIO -> Math.exp(compared);
      case CONTRAST ->
          compared >= 1 ? Double.POSITIVE_INFINITY : Math.max(0, 1 + compared) / (1 - compared);
    };
  }

  /** An estimate with its interval, as it is shown. */
  String shown(String what, Estimate estimate) {
    return "%s: %s [%s, %s]"
        .formatted(
            what,
            Table.number(shown(estimate.value())),
            Table.number(shown(estimate.low())),
            Table.number(shown(estimate.high())));
  }
}

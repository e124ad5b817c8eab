package io.tributary.run.watch;

import io.tributary.io.TerminalOutput;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shows a run to whoever started it: a progress line, updated in place on a terminal and printed
 * now and then elsewhere, and a comparison of base model and policy at the end.
 */
public final class RunConsole extends TerminalOutput {
  private static final int TEXT_WIDTH = 160;

  /** A console that writes to {@code out}, which may be a terminal. */
  public RunConsole(PrintWriter out, boolean terminal) {
    super(out, terminal);
  }

  /** Shows progress: on a terminal a row updated at every step, elsewhere a line per interval. */
  void progress(ProgressLine progress, boolean endsInterval) {
    if (isTerminal()) {
      transientLine(progress.row());
    } else if (endsInterval) {
      line(progress.text());
    }
  }

  /**
   * Shows base model and policy side by side.
   *
   * @param flaw what is to be said of the policy; null for nothing
   */
  void comparison(
      Measurements before,
      Measurements after,
      Map<String, Double> targets,
      @Nullable String flaw,
      List<String> baseTexts,
      List<String> policyTexts) {
    line("");
    line(row("", "before", "after", "target"));
    targets.forEach(
        (feature, target) ->
            line(
                row(
                    "E[" + feature + "]",
                    moment(before, feature),
                    moment(after, feature),
                    number(target))));
    line(row("KL(p||pi), nats", kl(before, Pair.P_PI), kl(after, Pair.P_PI), "0"));
    line(row("KL(pi||a), nats", kl(before, Pair.PI_A), kl(after, Pair.PI_A), ""));
    if (flaw != null) {
      line("");
      line(flaw);
    }
    texts("The base model writes:", baseTexts);
    texts("The policy writes:", policyTexts);
  }

  private void texts(String heading, List<String> texts) {
    line("");
    line(heading);
    for (String text : texts) {
      String flat = text.strip().replaceAll("\\s+", " ");
      line("  " + (flat.length() > TEXT_WIDTH ? flat.substring(0, TEXT_WIDTH) + "…" : flat));
    }
  }

  private static String moment(Measurements measurements, String feature) {
    return estimate(
        measurements.get(Metric.FEATURE_MOMENT, feature, Distribution.PI),
        measurements.get(Metric.FEATURE_MOMENT_STDERR, feature, Distribution.PI));
  }

  /** A divergence in nats, with its standard error. */
  static String kl(Measurements measurements, Pair pair) {
    return estimate(
        measurements.get(Metric.KL_NATS, pair), measurements.get(Metric.KL_STDERR_NATS, pair));
  }

  private static String row(String name, String before, String after, String target) {
    return "  %-22s %18s %18s %8s".formatted(name, before, after, target).stripTrailing();
  }

  /** An estimate with its standard error where that is known. */
  static String estimate(double value, double standardError) {
    return number(value)
        + (Double.isFinite(value) && Double.isFinite(standardError)
            ? " ± " + ProgressLine.rounded(standardError, 2)
            : "");
  }

  /** A number for people to read; a dash if it is NaN. */
  public static String number(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    return value == 0 || Math.abs(value) >= 1e-3
        ? String.format(Locale.ROOT, Math.abs(value) < 1 ? "%.4f" : "%.2f", value)
        : String.format(Locale.ROOT, "%.2e", value);
  }
}

package io.tributary.run.watch;

import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.protocol.LearnerEvent.Stepped;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.DoubleSummaryStatistics;
import java.util.Formatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The progress line: where the run is, and means over the steps of the current interval. Where
 * policies are measured on held-out sequences, KL(p||pi) is that of the policy published last: the
 * batches' is near -log Z where the policy has lost most of p.
 */
final class ProgressLine {
  private static final String TO_POLICY = "KL(p||pi)";
  private static final String TO_BASE = "KL(pi||a)";

  private final TributaryConfig config;
  private final Map<String, Double> targets;
  private final Map<String, DoubleSummaryStatistics> means = new LinkedHashMap<>();
  private Stepped last;
  private double seconds;
  private long sequences;
  private double learnerWaited;
  private double samplersWaited;
  private double heldOut = Double.NaN; // KL(p||pi) in nats
  private double heldOutError = Double.NaN;

  @SuppressWarnings("NullAway.Init") // a line is asked for after a step only
  ProgressLine(TributaryConfig config, Map<String, Double> targets) {
    this.config = config;
    this.targets = targets;
  }

  void add(Stepped stepped, StepPace.Timing timing, long learned) {
    last = stepped;
    seconds += timing.seconds();
    sequences += learned;
    learnerWaited += timing.waiting().learner() * timing.seconds();
    samplersWaited += timing.waiting().samplers() * timing.seconds();
    for (String feature : targets.keySet()) {
      double moment = stepped.measurements().get(Metric.FEATURE_MOMENT, feature, Distribution.PI);
      count(moment(feature), moment);
    }
    count(TO_POLICY, stepped.measurements().get(Metric.KL_NATS, Pair.P_PI));
    count(TO_BASE, stepped.measurements().get(Metric.KL_NATS, Pair.PI_A));
  }

  /** A policy was published. */
  void published(Measurements measured) {
    heldOut = measured.get(Metric.HELD_OUT_KL_NATS);
    heldOutError = measured.get(Metric.HELD_OUT_KL_STDERR_NATS);
  }

  private void count(String name, double value) {
    if (Double.isFinite(value)) {
      means.computeIfAbsent(name, n -> new DoubleSummaryStatistics()).accept(value);
    }
  }

  /** Starts a new interval. */
  void restart() {
    means.clear();
    seconds = 0;
    sequences = 0;
    learnerWaited = 0;
    samplersWaited = 0;
  }

  /**
   * As one row of a terminal, which fits into 80 columns if there is one feature with a short name.
   * It ends with whether the learner (l) or the samplers (s) wait more.
   */
  String row() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("%s  %.0f/s", steps(), sequences / seconds);
    targets.forEach(
        (feature, target) -> {
          text.format("  %s %s", moment(feature), mean(moment(feature), 3));
          if (!Double.isNaN(target)) {
            text.format("/%s", rounded(target, 3));
          }
        });
    text.format("  KL p|pi %s pi|a %s", mean(TO_POLICY, 3), mean(TO_BASE, 3));
    text.format("  Z %s", rounded(last.measurements().get(Metric.PARTITION_FUNCTION), 2));
    text.format(
        "  %s waits %.0f%%",
        learnerWaited > samplersWaited ? "l" : "s",
        100 * Math.max(learnerWaited, samplersWaited) / seconds);
    return text.toString();
  }

  private String mean(String name, int digits) {
    if (isHeldOut(name)) {
      return rounded(heldOut, digits);
    }
    DoubleSummaryStatistics mean = means.get(name);
    return mean == null ? "-" : rounded(mean.getAverage(), digits);
  }

  private boolean isHeldOut(String name) {
    return name.equals(TO_POLICY) && Double.isFinite(heldOut);
  }

  /** A number with that many significant digits; a dash if it is not finite. */
  static String rounded(double value, int digits) {
    if (!Double.isFinite(value)) {
      return "-";
    }
    return value == 0 || Math.abs(value) >= 1e-3
        ? BigDecimal.valueOf(value)
            .round(new MathContext(digits))
            .stripTrailingZeros()
            .toPlainString()
        : String.format(Locale.ROOT, "%.1e", value);
  }

  private String steps() {
    return last.step()
        + (config.totalSteps().isPresent() ? "/" + config.totalSteps().getAsLong() : "");
  }

  private static String moment(String feature) {
    return "E[" + feature + "]";
  }

  /** In full, as a line of its own. */
  String text() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("step %s  %,d sequences  %.0f/s", steps(), last.sequences(), sequences / seconds);
    means.forEach(
        (name, mean) -> {
          double target = targets.getOrDefault(name.replaceAll("^E\\[|]$", ""), Double.NaN);
          text.format(
              "  %s %s",
              name,
              isHeldOut(name)
                  ? RunConsole.estimate(heldOut, heldOutError)
                  : RunConsole.number(mean.getAverage()));
          if (!Double.isNaN(target)) {
            text.format(" of %s", RunConsole.number(target));
          }
        });
    text.format("  Z %.3g", last.measurements().get(Metric.PARTITION_FUNCTION));
    text.format(
        "  learner waits %.0f %%, samplers %.0f %%",
        100 * learnerWaited / seconds, 100 * samplersWaited / seconds);
    return text.toString();
  }
}

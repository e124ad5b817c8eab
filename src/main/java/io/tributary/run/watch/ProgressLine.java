package io.tributary.run.watch;

import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Metric;
import io.tributary.protocol.LearnerEvent.Stepped;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The progress line: where the run is, and means over the steps of the current interval. */
final class ProgressLine {
  private static final String TO_POLICY = "KL(p||pi)";
  private static final String TO_BASE = "KL(pi||a)";

  private final TributaryConfig config;
  private final Map<String, Double> targets;
  private final Map<String, double[]> means = new LinkedHashMap<>(); // sum and number
  private Stepped last;
  private double seconds;
  private long sequences;
  private double learnerWaited;
  private double samplersWaited;

  @SuppressWarnings("NullAway.Init") // a line is asked for after a step only
  ProgressLine(TributaryConfig config, Map<String, Double> targets) {
    this.config = config;
    this.targets = targets;
  }

  /**
   * Adds a step.
   *
   * @param learned number of sequences in the step
   */
  void add(Stepped stepped, StepPace.Timing timing, long learned) {
    last = stepped;
    seconds += timing.seconds();
    sequences += learned;
    learnerWaited += timing.waiting().learner() * timing.seconds();
    samplersWaited += timing.waiting().samplers() * timing.seconds();
    targets
        .keySet()
        .forEach(
            feature ->
                count(
                    moment(feature),
                    stepped.measurements().get(Metric.FEATURE_MOMENT, feature, Distribution.PI)));
    count(TO_POLICY, stepped.measurements().get(Metric.KL_NATS, Pair.P_PI));
    count(TO_BASE, stepped.measurements().get(Metric.KL_NATS, Pair.PI_A));
  }

  private void count(String name, double value) {
    if (Double.isFinite(value)) {
      double[] mean = means.computeIfAbsent(name, n -> new double[2]);
      mean[0] += value;
      mean[1]++;
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
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%s  %.0f/s", steps(), sequences / seconds));
    targets.forEach(
        (feature, target) -> {
          text.append("  ").append(moment(feature)).append(' ').append(mean(moment(feature), 3));
          if (!Double.isNaN(target)) {
            text.append('/').append(rounded(target, 3));
          }
        });
    text.append("  KL p|pi ").append(mean(TO_POLICY, 3));
    text.append(" pi|a ").append(mean(TO_BASE, 3));
    text.append("  Z ").append(rounded(last.measurements().get(Metric.PARTITION_FUNCTION), 2));
    boolean learner = learnerWaited > samplersWaited;
    text.append(
        String.format(
            Locale.ROOT,
            "  %s waits %.0f%%",
            learner ? "l" : "s",
            100 * Math.max(learnerWaited, samplersWaited) / seconds));
    return text.toString();
  }

  private String mean(String name, int digits) {
    double[] mean = means.get(name);
    return mean == null ? "-" : rounded(mean[0] / mean[1], digits);
  }

  private static String rounded(double value, int digits) {
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
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "step %s  %,d sequences  %.0f/s",
            steps(),
            last.sequences(),
            sequences / seconds));
    means.forEach(
        (name, mean) -> {
          double target = targets.getOrDefault(name.replaceAll("^E\\[|]$", ""), Double.NaN);
          text.append("  ").append(name).append(' ').append(RunConsole.number(mean[0] / mean[1]));
          if (!Double.isNaN(target)) {
            text.append(" of ").append(RunConsole.number(target));
          }
        });
    text.append("  Z ")
        .append(
            String.format(Locale.ROOT, "%.3g", last.measurements().get(Metric.PARTITION_FUNCTION)));
    text.append(
        String.format(
            Locale.ROOT,
            "  learner waits %.0f %%, samplers %.0f %%",
            100 * learnerWaited / seconds,
            100 * samplersWaited / seconds));
    return text.toString();
  }
}

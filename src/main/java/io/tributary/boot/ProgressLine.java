package io.tributary.boot;

import io.tributary.config.TributaryConfig;
import io.tributary.protocol.LearnerEvent.Stepped;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The line of progress: where the run is, and means over the steps since the last line that stayed.
 */
final class ProgressLine {
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
   * @param stepSeconds time since the step before
   * @param learned sequences of the step
   * @param learnerShare share of that time in which the learner waited for data
   * @param samplerShare share in which samplers waited for the learner
   */
  void add(
      Stepped stepped, double stepSeconds, long learned, double learnerShare, double samplerShare) {
    last = stepped;
    seconds += stepSeconds;
    sequences += learned;
    learnerWaited += learnerShare * stepSeconds;
    samplersWaited += samplerShare * stepSeconds;
    targets
        .keySet()
        .forEach(
            feature ->
                count(
                    "E[" + feature + "]",
                    stepped.measurements().get("feature_moment", feature, "pi")));
    count("KL(p||pi)", stepped.measurements().get("kl_nats", "p_pi"));
    count("KL(pi||a)", stepped.measurements().get("kl_nats", "pi_a"));
  }

  private void count(String name, double value) {
    if (Double.isFinite(value)) {
      double[] mean = means.computeIfAbsent(name, n -> new double[2]);
      mean[0] += value;
      mean[1]++;
    }
  }

  /** Begins a new interval. */
  void restart() {
    means.clear();
    seconds = 0;
    sequences = 0;
    learnerWaited = 0;
    samplersWaited = 0;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "step %d%s  %,d sequences  %.0f/s",
            last.step(),
            config.totalSteps().isPresent() ? "/" + config.totalSteps().getAsLong() : "",
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
        .append(String.format(Locale.ROOT, "%.3g", last.measurements().get("partition_function")));
    text.append(
        String.format(
            Locale.ROOT,
            "  learner waits %.0f %%, samplers %.0f %%",
            100 * learnerWaited / seconds,
            100 * samplersWaited / seconds));
    return text.toString();
  }
}

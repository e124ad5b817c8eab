package io.tributary.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.metrics.Label;
import io.tributary.metrics.Metric;
import io.tributary.testing.monitoring.ProcessSeries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Keeps {@code dashboards/metrics.md} equal to the table in {@link Metric}: {@code mvn verify
 * -Dtest=MetricsPageTest -Dtributary.write-metrics-page} rewrites it.
 */
class MetricsPageTest {
  private static final Path PAGE = Path.of("dashboards/metrics.md");

  private static final Map<Metric.Type, String> TYPES =
      Map.of(
          Metric.Type.COUNTER, "counter",
          Metric.Type.LEVEL, "gauge",
          Metric.Type.MEASURED, "gauge",
          Metric.Type.HISTOGRAM, "histogram",
          Metric.Type.INFO, "info");

  private static final String HEAD =
      """
      # Metrics

      What `/metrics` exposes, in Prometheus' text format or as OpenMetrics. Every series exists from the start of the process,
      so that `rate()` and `increase()` see the first event: counters at 0, measured gauges at NaN until there is a value. Those
      of a `node` exist once it has joined.
      Counters start at 0 with each process; `learner_steps` and `learner_sequences` are totals of the run and continue from its
      checkpoint. What to do about alerts is in the [runbook](runbook.md).

      `metrics.jsonl` has the learner's gauges under the same names without `tributary_`, with labels as nested objects:

          {"step":20,"sequences":5120,"kl_nats":{"p_pi":4.1},"feature_moment":{"person":{"pi":0.03}}}

      Rows with `"evaluation":true` are measured on `evaluation.sequences` samples of the policy, and KL(p‖π) on texts of the
      base model that the bootstrap found to be allowed (`target-sample.jsonl`). Rows with `"publication":true` are measured on the
      same texts when a policy is published, with `proposal.window = held-out`: what begins with `held_out` or `proposal`, and
      `policy_losing_target`. The others, and the other gauges, are estimated from the step's training batch, for the policy by importance weights. The figures of a report show the former:

          jq -c 'select(.evaluation)' runs/NAME/metrics.jsonl

      ## The service

      """;

  private static final String PROCESS =
      """

      ## JVM and process

      The Prometheus client exposes more metrics; the dashboards and rules use these.

      """;

  private static final String COLUMNS =
      """
      | name | type | unit | labels | meaning | what to do when it looks wrong |
      | --- | --- | --- | --- | --- | --- |
      """;

  @Test
  void thePageIsTheTableInTheCode() throws IOException {
    if (System.getProperty("tributary.write-metrics-page") != null) {
      Files.writeString(PAGE, page());
    }
    assertThat(Files.readString(PAGE).equals(page()))
        .as("%s is not the table in the code; -Dtributary.write-metrics-page writes it", PAGE)
        .isTrue();
  }

  private static String page() {
    return HEAD
        + COLUMNS
        + Arrays.stream(Metric.values())
            .map(
                metric ->
                    row(
                        metric.exposedName(),
                        TYPES.get(metric.type()),
                        metric.unit(),
                        labels(metric.labels()),
                        metric.help(),
                        metric.whenOdd()))
            .collect(Collectors.joining())
        + PROCESS
        + COLUMNS
        + Arrays.stream(ProcessSeries.values())
            .map(
                series ->
                    row(
                        series.exposedName(),
                        series.type,
                        series.unit,
                        series.labels.isEmpty() ? "" : "`" + series.labels + "`",
                        series.meaning,
                        series.whenOdd))
            .collect(Collectors.joining());
  }

  private static String labels(List<Label> labels) {
    return labels.stream()
        .map(
            label ->
                label.values().isEmpty()
                    ? "`" + label.name() + "`"
                    : "`%s`: %s".formatted(label.name(), String.join(", ", label.values())))
        .collect(Collectors.joining("; "));
  }

  private static String row(String name, String... cells) {
    return "| `%s` | %s |\n".formatted(name, String.join(" | ", cells));
  }
}

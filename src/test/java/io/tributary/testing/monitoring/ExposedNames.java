package io.tributary.testing.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.Metric;
import io.tributary.metrics.ProcessMetrics;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.WorkerMetrics;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The names of series that queries may use. */
public final class ExposedNames {
  private static final Pattern NAME =
      Pattern.compile("(?<![\\w:])(?:tributary|jvm|process)_\\w+(?!\\w*\")");
  private static final Pattern DESCRIBED = Pattern.compile("# TYPE (\\S+) (\\S+)");

  private ExposedNames() {}

  /** Metrics with a series of every kind of label. */
  public static RunMetrics metrics() {
    RunMetrics metrics = new RunMetrics(Map.of("amazing", 1.0), Clock.systemUTC());
    metrics.set(Metric.SAMPLER_PROPOSAL_VERSION, 1, "sampler-0");
    metrics.set(Metric.NODE_WORKERS, 1, "node-0", "sampler");
    metrics.add(Metric.NODE_SEQUENCES_TOTAL, 1, "node-0", Stage.SAMPLER);
    metrics.add(Metric.NODE_BUSY_SECONDS_TOTAL, 1, "node-0", Stage.SAMPLER);
    metrics.set(Metric.NODE_PROPOSAL_VERSION, 1, "node-0");
    metrics.set(Metric.NODE_ROUND_TRIP_SECONDS, 1, "node-0");
    metrics.setNow(Metric.NODE_HEARD_TIMESTAMP_SECONDS, "node-0");
    metrics.add(Metric.NODE_LEASES_RESENT_TOTAL, 1, "node-0");
    metrics.observe(Metric.NODE_AUDIT_DIFFERENCE_NATS, 0, "node-0");
    metrics.add(Metric.NODE_AUDITS_SKIPPED_TOTAL, 1, "node-0");
    metrics.info(Metric.RUN_INFO, "quickstart", "gdc++");
    return metrics;
  }

  /** Those of trainers and of workers. */
  public static Set<String> all() {
    Set<String> names = new HashSet<>();
    DESCRIBED
        .matcher(text(metrics()) + text(new WorkerMetrics()))
        .results()
        .forEach(
            described -> {
              String name = described.group(1);
              switch (described.group(2)) {
                case "histogram" ->
                    names.addAll(Set.of(name + "_bucket", name + "_sum", name + "_count"));
                case "summary" -> names.addAll(Set.of(name + "_sum", name + "_count"));
                default -> names.add(name);
              }
            });
    return names;
  }

  private static String text(ProcessMetrics metrics) {
    return new String(metrics.scrape(null).body(), UTF_8);
  }

  /** The names that an expression uses; those of recorded series aside. */
  public static List<String> in(String expression) {
    return NAME.matcher(expression).results().map(MatchResult::group).toList();
  }
}

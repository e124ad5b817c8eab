package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.tributary.testing.Http;
import io.tributary.testing.Slow;
import io.tributary.testing.TestTools;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.Waiting;
import io.tributary.testing.monitoring.Dashboard;
import io.tributary.testing.monitoring.Dashboard.Query;
import io.tributary.testing.monitoring.Prometheus;
import io.tributary.testing.monitoring.Rules;
import io.tributary.testing.monitoring.Rules.Rule;
import io.tributary.testing.run.RunProcess;
import io.tributary.testing.run.TinyCluster;
import io.tributary.testing.run.TinyRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus scrapes a real run, and everything that dashboards and rules ask for is there.
 */
@ExtendWith(TorchExtension.class)
@Slow
class MonitoredRunTest {
  private static final String RUN = "watched";
  private static final String WORKING = "instance:tributary_working:sum"; // what may page
  private static final Pattern SELECTOR =
      Pattern.compile(
          "\\b(?:up|(?:tributary|jvm|process)_\\w+|instance\\w*:\\w+:\\w+)\\b(?:\\{[^}]*})?(?!\")");
  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.+), (\\w+)\\)");

  /** Measured only with PPO, on more weights than this run has, or after more time. */
  private static final Pattern MAY_BE_NAN =
      Pattern.compile(
          ".*tributary_(policy_loss|value_loss|clipped_tokens_ratio|kl_control_beta|kl_penalty|pareto_k|(samplers|scorers)_desired)\\b.*");

  @TempDir Path directory;
  private TinyCluster cluster;
  private RunProcess process;

  @AfterEach
  void endTheProcesses() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void everythingThatDashboardsAndRulesAskForIsThere() throws Exception {
    TestTools.require("prometheus");
    TinyRun tiny = new TinyRun(Files.createDirectory(directory.resolve("trainer")));
    cluster = new TinyCluster(tiny);
    process =
        cluster.trainer(
            RUN,
            "run.steps=1000000",
            "stream.max-staleness-steps=2",
            "cluster.audit-share=1",
            "learner.optimizer.learning-rate=1e-4",
            "learner.optimizer.max-grad-norm=1",
            "partition-function.bootstrap-sequences=128", // enough to judge policies on
            "diagnostics.gradient-variance-interval-steps=1",
            "diagnostics.gradient-variance-sequences=8");
    RunProcess worker = cluster.worker();
    Http http = process.http();
    try (Prometheus prometheus =
        Prometheus.start(Files.createDirectory(directory.resolve("prometheus")), http.base())) {
      until("nothing is missing", () -> missing(prometheus).isEmpty());

      assertThat(http.post("/control/pause-learning").statusCode()).isEqualTo(200);
      until("it is paused", () -> !prometheus.query(WORKING + " == 0").isEmpty());
      assertThat(http.post("/control/resume").statusCode()).isEqualTo(200);
      until("it works", () -> !prometheus.query(WORKING + " == 1").isEmpty());

      until(
          "a worker is found through the trainer",
          () ->
              !prometheus
                  .query("tributary_worker_sequences_total{node=\"node-0\",stage=\"sampler\"} > 0")
                  .isEmpty());
      worker.kill();
      breakCheckpoints(tiny);
      until("an alert fires", () -> fires(prometheus, "TributaryCheckpointFailing"));
      until("an alert has fired", () -> hasFired(prometheus, "TributaryNodeLost"));
      assertThat(process.isAlive()).isTrue();

      process.kill();
      Waiting.until("an alert fires", () -> fires(prometheus, "TributaryTargetDown"));
      Map<String, String> variables = new HashMap<>(Map.of("instance", http.base().getAuthority()));
      for (Query query : queriesForAlerts()) {
        assertThat(prometheus.query(substituted(query.expression(), variables)))
            .as(query.where())
            .isNotEmpty();
      }
    }
  }

  /** What returns no data, or only data that is no number. */
  private static List<String> missing(Prometheus prometheus) throws Exception {
    List<String> missing = new ArrayList<>(prometheus.ruleErrors());
    for (Dashboard dashboard : Dashboard.all()) {
      Map<String, String> variables = new HashMap<>();
      for (Query query : dashboard.variableQueries()) {
        Matcher asked = LABEL_VALUES.matcher(substituted(query.expression(), variables));
        assertThat(asked.matches()).as(query.toString()).isTrue();
        List<String> values = prometheus.labelValues(asked.group(2), asked.group(1));
        if (values.size() != 1) {
          missing.add(query + ": " + values);
          return missing;
        }
        variables.put(query.where().replaceFirst(".* ", ""), values.get(0));
      }
      List<Query> queries = new ArrayList<>(dashboard.panelQueries());
      queries.addAll(dashboard.annotationQueries());
      queries.removeAll(queriesForAlerts());
      for (Query query : queries) {
        check(prometheus, query.where(), substituted(query.expression(), variables), missing);
      }
    }
    for (Rule rule : Rules.recordings()) {
      check(prometheus, "rule", rule.name(), missing);
    }
    for (Rule rule : Rules.alerts()) {
      for (String selector :
          SELECTOR.matcher(rule.expression()).results().map(MatchResult::group).toList()) {
        check(prometheus, rule.name(), selector, missing);
      }
    }
    return missing;
  }

  private static void check(
      Prometheus prometheus, String where, String expression, List<String> missing) {
    List<JsonObject> series = prometheus.query(expression);
    boolean measured =
        series.stream()
            .map(each -> each.getAsJsonArray("value").get(1).getAsString())
            .anyMatch(value -> !value.equals("NaN") && !value.endsWith("Inf"));
    if (series.isEmpty() || (!measured && !MAY_BE_NAN.matcher(expression).matches())) {
      missing.add(where + ": " + expression + " is " + series);
    }
  }

  private static List<Query> queriesForAlerts() throws Exception {
    return Dashboard.all().stream()
        .flatMap(dashboard -> dashboard.panelQueries().stream())
        .filter(query -> query.expression().contains("ALERTS"))
        .toList();
  }

  /**
   * As Grafana does it, with the shorter durations that rules have in this test; without the
   * comparison that an annotation ends with, which selects moments.
   */
  private static String substituted(String expression, Map<String, String> variables) {
    String text = Prometheus.shortened(expression).replace("$__rate_interval", "4s");
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      text = text.replace("$" + variable.getKey(), variable.getValue());
    }
    return text.replaceFirst(" > 0$", "");
  }

  /** A file is where checkpoints should be: the run goes on without. */
  private static void breakCheckpoints(TinyRun tiny) throws Exception {
    Path checkpoints = tiny.home(RUN).resolve("checkpoints");
    Files.move(checkpoints, checkpoints.resolveSibling("checkpoints-before"));
    Files.createFile(checkpoints);
  }

  private static boolean fires(Prometheus prometheus, String alert) {
    return prometheus.firing().stream().anyMatch(each -> each.kind().equals(alert));
  }

  /** Whether it fires or has done so: what has happened once is told for seconds only. */
  private static boolean hasFired(Prometheus prometheus, String alert) {
    return !prometheus
        .query(
            "last_over_time(ALERTS{alertname=\"%s\",alertstate=\"firing\"}[10m])".formatted(alert))
        .isEmpty();
  }

  private void until(String what, Callable<Boolean> condition) {
    Waiting.until(what, Duration.ofMillis(500), process::isAlive, condition);
  }
}

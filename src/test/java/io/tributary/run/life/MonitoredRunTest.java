package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.tributary.testing.Slow;
import io.tributary.testing.TestTools;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.monitoring.Dashboard;
import io.tributary.testing.monitoring.Dashboard.Query;
import io.tributary.testing.monitoring.Prometheus;
import io.tributary.testing.monitoring.Rules;
import io.tributary.testing.monitoring.Rules.Rule;
import io.tributary.testing.run.TinyRun;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
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
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String RUN = "watched";
  private static final String WORKING = "instance:tributary_working:sum"; // what may page
  private static final Pattern ADDRESS = Pattern.compile("run watched: (http://\\S+),");
  private static final Pattern SELECTOR =
      Pattern.compile(
          "\\b(?:up|(?:tributary|jvm|process)_\\w+|instance\\w*:\\w+:\\w+)\\b(?:\\{[^}]*})?(?!\")");
  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.+), (\\w+)\\)");

  /** There in every run, but measured only with PPO, or only on more weights than this run has. */
  private static final Pattern MAY_BE_NAN =
      Pattern.compile(
          ".*tributary_(policy_loss|value_loss|clipped_tokens_ratio|kl_control_beta|kl_penalty|pareto_k)\\b.*");

  @TempDir Path directory;
  private Process process;

  @AfterEach
  void endTheProcess() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void everythingThatDashboardsAndRulesAskForIsThere() throws Exception {
    TestTools.require("prometheus");
    TinyRun tiny = new TinyRun(Files.createDirectory(directory.resolve("trainer")));
    process =
        tiny.start(
            RUN,
            "-D",
            "run.steps=1000000",
            "-D",
            "stream.max-staleness-steps=2",
            "-D",
            "learner.optimizer.learning-rate=1e-4",
            "-D",
            "diagnostics.gradient-variance-interval-steps=1",
            "-D",
            "diagnostics.gradient-variance-sequences=8");
    until(() -> ADDRESS.matcher(Files.readString(tiny.output(RUN))).find());
    Matcher address = ADDRESS.matcher(Files.readString(tiny.output(RUN)));
    assertThat(address.find()).isTrue();
    URI trainer = URI.create(address.group(1));
    try (Prometheus prometheus =
        Prometheus.start(Files.createDirectory(directory.resolve("prometheus")), trainer)) {
      until(() -> missing(prometheus).isEmpty());

      post(trainer.resolve("/control/pause-learning"));
      until(() -> !prometheus.query(WORKING + " == 0").isEmpty());
      post(trainer.resolve("/control/resume"));
      until(() -> !prometheus.query(WORKING + " == 1").isEmpty());

      breakCheckpoints(tiny);
      until(() -> fires(prometheus, "TributaryCheckpointFailing"));
      assertThat(process.isAlive()).isTrue();

      process.destroyForcibly().waitFor();
      await().atMost(PATIENCE).until(() -> fires(prometheus, "TributaryTargetDown"));
      Map<String, String> variables = new HashMap<>(Map.of("instance", trainer.getAuthority()));
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

  private static void post(URI control) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(control).POST(BodyPublishers.noBody()).build();
    assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  private static boolean fires(Prometheus prometheus, String alert) {
    return prometheus.firing().stream().anyMatch(each -> each.kind().equals(alert));
  }

  private void until(Callable<Boolean> condition) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .failFast("the run has ended", () -> !process.isAlive())
        .until(condition);
  }
}

package io.tributary.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.tributary.metrics.RunMetrics;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus' own checker says about the metrics, the queries and the configuration. */
class PromtoolTest {

  private static final String PROMTOOL = "promtool";

  @TempDir private Path directory;

  @BeforeAll
  static void requirePromtool() {
    boolean found =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, PROMTOOL)));
    String missing = "promtool is not on the PATH; scripts/install-test-tools installs it";
    assertThat(found || System.getenv("CI") == null).as(missing).isTrue();
    assumeTrue(found, missing);
  }

  @Test
  void theMetricsAreWellFormedAndWellNamed() throws Exception {
    RunMetrics metrics = RunMetrics.create(Map.of("amazing", 1.0));
    metrics.weights().samplerConfirmed("0", 1);
    Path text = directory.resolve("metrics.txt");
    Files.write(text, metrics.scrape(null).body());
    accepts(text, "check", "metrics");
  }

  @Test
  void theQueriesOfTheDashboardsParse() throws Exception {
    StringBuilder rules = new StringBuilder("groups:\n- name: panels\n  rules:\n");
    for (Dashboard dashboard : Dashboard.all()) {
      for (JsonObject panel : dashboard.panels()) {
        for (String expression : Dashboard.expressions(panel)) {
          String query = expression.replace("$__rate_interval", "1m");
          rules
              .append("  - record: panel\n    expr: ")
              .append(new JsonPrimitive(query))
              .append('\n');
        }
      }
    }
    Path file = directory.resolve("rules.yml");
    Files.writeString(file, rules);
    accepts(file, "check", "rules", "--lint=none", file.toString());
  }

  @Test
  void theScrapeConfigurationIsValid() throws Exception {
    Path file = Dashboard.FOLDER.resolve("prometheus/prometheus.yml");
    accepts(file, "check", "config", file.toString());
  }

  private static void accepts(Path input, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder promtool = new ProcessBuilder(PROMTOOL).redirectErrorStream(true);
    promtool.command().addAll(Arrays.asList(arguments));
    Process process = promtool.redirectInput(Redirect.from(input.toFile())).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}

package io.tributary.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonPrimitive;
import io.tributary.testing.Slow;
import io.tributary.testing.TestTools;
import io.tributary.testing.monitoring.Dashboard;
import io.tributary.testing.monitoring.Dashboard.Query;
import io.tributary.testing.monitoring.ExposedNames;
import io.tributary.testing.monitoring.Rules;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus' own checker says about metrics, queries, rules and configuration. */
@Slow
class PromtoolTest {

  @TempDir private Path directory;

  @BeforeAll
  static void requirePromtool() {
    TestTools.require("promtool");
  }

  @Test
  void theMetricsAreWellFormedAndWellNamed() throws Exception {
    Path text = directory.resolve("metrics.txt");
    Files.write(text, ExposedNames.metrics().scrape(null).body());
    assertThat(accepted(text, "check", "metrics")).isEmpty();
  }

  @Test
  void theQueriesOfTheDashboardsParse() throws Exception {
    StringBuilder rules = new StringBuilder("groups:\n- name: panels\n  rules:\n");
    for (Dashboard dashboard : Dashboard.all()) {
      for (Query asked :
          Stream.concat(dashboard.panelQueries().stream(), dashboard.annotationQueries().stream())
              .toList()) {
        String query = asked.expression().replace("$__rate_interval", "1m");
        rules.append("  - record: panel\n    expr: ").append(new JsonPrimitive(query)).append('\n');
      }
    }
    Path file = directory.resolve("rules.yml");
    Files.writeString(file, rules);
    accepted(file, "check", "rules", "--lint=none", file.toString());
  }

  @Test
  void theConfigurationAndItsRulesAreValid() throws Exception {
    Path file = Rules.FOLDER.resolve("prometheus.yml");
    assertThat(accepted(file, "check", "config", file.toString())).contains("2 rule files found");
  }

  @Test
  void theAlertsFireAndStaySilentAsTheirTestsSay() throws Exception {
    Path file = Rules.FOLDER.resolve("tests/alerts.yml");
    accepted(file, "test", "rules", file.toString());
  }

  private static String accepted(Path input, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder promtool = new ProcessBuilder("promtool").redirectErrorStream(true);
    promtool.command().addAll(Arrays.asList(arguments));
    Process process = promtool.redirectInput(Redirect.from(input.toFile())).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}

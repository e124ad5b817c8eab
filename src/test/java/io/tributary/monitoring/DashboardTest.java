package io.tributary.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.tributary.metrics.RunMetrics;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DashboardTest {

  private static final Pattern NAME = Pattern.compile("\\b(?:tributary|jvm|process)_\\w+");
  private static final Pattern DESCRIBED = Pattern.compile("# TYPE (\\S+) (\\S+)");

  /** Every name that a query may use. */
  private static Set<String> exposed() {
    RunMetrics metrics = RunMetrics.create(Map.of("amazing", 1.0));
    metrics.weights().samplerConfirmed("0", 1);
    Set<String> names = new HashSet<>();
    DESCRIBED
        .matcher(new String(metrics.scrape(null).body(), UTF_8))
        .results()
        .forEach(
            described -> {
              String name = described.group(1);
              if (described.group(2).equals("histogram")) {
                names.addAll(Set.of(name + "_bucket", name + "_sum", name + "_count"));
              } else {
                names.add(name);
              }
            });
    return names;
  }

  @Test
  void everyNameInAQueryIsOneThatIsExposed() throws IOException {
    Set<String> exposed = exposed();
    assertThat(exposed).contains("tributary_learner_steps", "process_resident_memory_bytes");
    assertThat(Dashboard.all()).isNotEmpty();
    for (Dashboard dashboard : Dashboard.all()) {
      for (JsonObject panel : dashboard.panels()) {
        assertThat(Dashboard.expressions(panel)).as(panel.get("title").getAsString()).isNotEmpty();
        for (String expression : Dashboard.expressions(panel)) {
          assertThat(NAME.matcher(expression).results().map(MatchResult::group).toList())
              .as(expression)
              .isNotEmpty()
              .isSubsetOf(exposed);
        }
      }
    }
  }

  @Test
  void everyPanelSaysWhatItShowsAndInWhichUnit() throws IOException {
    for (Dashboard dashboard : Dashboard.all()) {
      for (JsonObject panel : dashboard.panels()) {
        String title = panel.get("title").getAsString();
        assertThat(panel.get("description").getAsString()).as(title).isNotBlank();
        JsonObject defaults = panel.getAsJsonObject("fieldConfig").getAsJsonObject("defaults");
        assertThat(defaults.get("unit").getAsString()).as(title).isNotBlank();
      }
    }
  }

  @Test
  void everyPanelAsksTheChosenSourceForTheChosenInstance() throws IOException {
    for (Dashboard dashboard : Dashboard.all()) {
      for (JsonObject panel : dashboard.panels()) {
        assertThat(panel.getAsJsonObject("datasource").get("uid").getAsString())
            .isEqualTo("${datasource}");
        assertThat(Dashboard.expressions(panel)).allMatch(e -> e.contains("$instance"));
      }
    }
  }
}

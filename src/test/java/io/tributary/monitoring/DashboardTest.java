package io.tributary.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.tributary.testing.monitoring.Dashboard;
import io.tributary.testing.monitoring.Dashboard.Query;
import io.tributary.testing.monitoring.ExposedNames;
import io.tributary.testing.monitoring.ProcessSeries;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The dashboards as far as they can be judged without Grafana, which is not run here. */
class DashboardTest {
  private static final String SCHEMA = "/grafana/dashboard.schema.json";

  /** Units of Grafana's list that are used here; others are written as a suffix. */
  private static final Set<String> UNITS = Set.of("none", "short", "percentunit", "s", "bytes");

  private static List<Dashboard> dashboards;

  @BeforeAll
  static void read() throws IOException {
    dashboards = Dashboard.all();
  }

  @Test
  void thereAreFiveAndTheirIdentifiersStay() {
    assertThat(dashboards)
        .extracting(dashboard -> dashboard.text("uid"))
        .containsExactly(
            "tributary-flow",
            "tributary-jvm",
            "tributary-matching",
            "tributary-nodes",
            "tributary-overview");
    assertThat(dashboards)
        .allSatisfy(
            dashboard -> {
              assertThat(dashboard.file().getFileName())
                  .hasToString(dashboard.text("uid") + ".json");
              assertThat(dashboard.json().getAsJsonArray("tags").toString())
                  .isEqualTo("[\"tributary\"]");
            });
  }

  @Test
  void theyFollowGrafanasSchema() throws IOException {
    JsonSchema schema;
    try (InputStream text = DashboardTest.class.getResourceAsStream(SCHEMA)) {
      schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(text);
    }
    for (Dashboard dashboard : dashboards) {
      String text = Files.readString(dashboard.file());
      assertThat(schema.validate(text, InputFormat.JSON)).as(dashboard.text("uid")).isEmpty();
      assertThat(schema.validate(text.replaceFirst("fieldConfig", "fieldconfig"), InputFormat.JSON))
          .as("a misspelt property")
          .isNotEmpty();
    }
  }

  @Test
  void everyNameInAQueryIsOneThatIsExposed() {
    Set<String> exposed = ExposedNames.all();
    assertThat(exposed).contains("tributary_learner_steps", "process_resident_memory_bytes");
    for (Query query : allQueries()) {
      List<String> names = ExposedNames.in(query.expression());
      assertThat(names).as(query.toString()).isSubsetOf(exposed);
      assertThat(names.isEmpty()).as(query.toString()).isEqualTo(asksForAlerts(query));
    }
  }

  @Test
  void whatIsUsedOfTheJvmIsOnThePageOfMetrics() {
    for (Query query : allQueries()) {
      assertThat(ExposedNames.in(query.expression()))
          .filteredOn(name -> !name.startsWith("tributary_"))
          .allMatch(ProcessSeries::isListed);
    }
  }

  @Test
  void everyPanelSaysWhatItShowsInWhichUnitAndWhatIsTooMuch() {
    for (JsonObject panel : panels()) {
      String title = panel.get("title").getAsString();
      assertThat(panel.get("description").getAsString()).as(title).hasSizeGreaterThan(10);
      JsonObject defaults = panel.getAsJsonObject("fieldConfig").getAsJsonObject("defaults");
      String unit = defaults.get("unit").getAsString();
      assertThat(UNITS.contains(unit) || unit.startsWith("suffix: ")).as(title + unit).isTrue();
      List<JsonElement> steps =
          defaults.getAsJsonObject("thresholds").getAsJsonArray("steps").asList();
      List<Double> values = new ArrayList<>();
      steps.stream()
          .skip(1)
          .forEach(step -> values.add(step.getAsJsonObject().get("value").getAsDouble()));
      assertThat(values).as(title).isSorted();
    }
  }

  @Test
  void everyQueryAsksTheChosenSourceForTheChosenInstances() {
    for (Dashboard dashboard : dashboards) {
      assertThat(dashboard.variables())
          .extracting(variable -> variable.get("name").getAsString())
          .startsWith("datasource", "run", "instance");
      dashboard.panels().forEach(DashboardTest::asksTheChosenSource);
      dashboard.annotations().forEach(DashboardTest::asksTheChosenSource);
    }
    for (Query query : allQueries()) {
      int selectors = query.expression().split("\\{", -1).length - 1;
      int instances =
          query.expression().split("(instance|trainer)=~\"\\$instance\"", -1).length - 1;
      assertThat(instances).as(query.toString()).isEqualTo(selectors).isPositive();
    }
  }

  private static void asksTheChosenSource(JsonObject asking) {
    assertThat(asking.getAsJsonObject("datasource").get("uid").getAsString())
        .isEqualTo("${datasource}");
  }

  @Test
  void noPanelCoversAnotherOrLeavesTheGrid() {
    for (Dashboard dashboard : dashboards) {
      Set<List<Integer>> taken = new HashSet<>();
      Set<Integer> ids = new HashSet<>();
      dashboard
          .objects("panels")
          .forEach(
              panel -> {
                String title = dashboard.text("uid") + ": " + panel.get("title").getAsString();
                assertThat(ids.add(panel.get("id").getAsInt())).as(title).isTrue();
                JsonObject grid = panel.getAsJsonObject("gridPos");
                int x = grid.get("x").getAsInt();
                int y = grid.get("y").getAsInt();
                assertThat(x + grid.get("w").getAsInt()).as(title).isBetween(1, 24);
                for (int i = x; i < x + grid.get("w").getAsInt(); i++) {
                  for (int j = y; j < y + grid.get("h").getAsInt(); j++) {
                    assertThat(taken.add(List.of(i, j))).as(title).isTrue();
                  }
                }
              });
    }
  }

  @Test
  void everyQueryOfAPanelHasItsOwnLetterAndEveryOverrideASeries() {
    for (JsonObject panel : panels()) {
      String title = panel.get("title").getAsString();
      List<String> letters = new ArrayList<>();
      List<String> legends = new ArrayList<>();
      for (JsonElement target : panel.getAsJsonArray("targets")) {
        letters.add(target.getAsJsonObject().get("refId").getAsString());
        legends.add(target.getAsJsonObject().get("legendFormat").getAsString());
      }
      assertThat(letters).as(title).doesNotHaveDuplicates();
      assertThat(legends).as(title).doesNotHaveDuplicates();
      for (JsonElement override :
          panel.getAsJsonObject("fieldConfig").getAsJsonArray("overrides")) {
        JsonObject matcher = override.getAsJsonObject().getAsJsonObject("matcher");
        if (matcher.get("id").getAsString().equals("byName")) {
          String name = matcher.get("options").getAsString();
          assertThat(legends).as(title + ", " + name).anyMatch(legend -> canBe(legend, name));
        }
      }
    }
  }

  private static boolean canBe(String legend, String name) {
    return name.matches("\\Q" + legend.replaceAll("\\{\\{\\w+}}", "\\\\E.+\\\\Q") + "\\E");
  }

  @Test
  void theDashboardsLeadToEachOther() {
    for (Dashboard dashboard : dashboards) {
      assertThat(dashboard.objects("links"))
          .singleElement()
          .satisfies(
              link -> {
                assertThat(link.getAsJsonArray("tags").toString()).isEqualTo("[\"tributary\"]");
                assertThat(link.get("includeVars").getAsBoolean()).isTrue();
                assertThat(link.get("keepTime").getAsBoolean()).isTrue();
              });
    }
  }

  @Test
  void replacementsOfTheProposalAreMarkedWhereItMatters() {
    assertThat(dashboards)
        .filteredOn(dashboard -> dashboard.text("uid").matches("tributary-(matching|flow)"))
        .hasSize(2)
        .allSatisfy(
            dashboard ->
                assertThat(dashboard.annotationQueries())
                    .anyMatch(
                        query ->
                            query
                                .expression()
                                .matches(
                                    ".*proposal_replacements_total.*decision=\"accepted\".*")));
  }

  private static boolean asksForAlerts(Query query) {
    return query.expression().contains("ALERTS");
  }

  private static List<JsonObject> panels() {
    return dashboards.stream().flatMap(dashboard -> dashboard.panels().stream()).toList();
  }

  private static List<Query> allQueries() {
    List<Query> queries = new ArrayList<>();
    for (Dashboard dashboard : dashboards) {
      queries.addAll(dashboard.panelQueries());
      queries.addAll(dashboard.annotationQueries());
    }
    return queries;
  }
}

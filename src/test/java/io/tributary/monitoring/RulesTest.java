package io.tributary.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.monitoring.ExposedNames;
import io.tributary.testing.monitoring.ProcessSeries;
import io.tributary.testing.monitoring.Rules;
import io.tributary.testing.monitoring.Rules.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Rules, their tests and the runbook belong together. */
class RulesTest {
  private static final Path RUNBOOK = Path.of("dashboards/runbook.md");
  private static final Path TESTS = Rules.FOLDER.resolve("tests/alerts.yml");
  private static final Pattern RECORDED = Pattern.compile("\\w+:\\w+:\\w+");

  @Test
  void everyNameInARuleIsExposedOrRecorded() throws IOException {
    Set<String> exposed = ExposedNames.all();
    Set<String> recorded =
        Rules.recordings().stream().map(Rule::name).collect(Collectors.toCollection(TreeSet::new));
    List<Rule> rules = new ArrayList<>(Rules.recordings());
    rules.addAll(Rules.alerts());
    Set<String> used = new TreeSet<>();
    for (Rule rule : rules) {
      assertThat(ExposedNames.in(rule.expression())).as(rule.name()).isSubsetOf(exposed);
      List<String> others =
          RECORDED.matcher(rule.expression()).results().map(MatchResult::group).toList();
      assertThat(others).as(rule.name()).isSubsetOf(recorded);
      used.addAll(others);
    }
    recorded.remove("instance_stage:tributary_stage_busy:ratio_rate5m"); // for people
    assertThat(used).isEqualTo(recorded);
  }

  @Test
  void everyAlertSaysHowBadItIsWhatItIsAndWhereToRead() throws IOException {
    for (Rule alert : Rules.alerts()) {
      assertThat(alert.name()).startsWith("Tributary");
      assertThat(alert.labels()).containsOnlyKeys("severity");
      assertThat(alert.labels().get("severity")).as(alert.name()).isIn("critical", "warning");
      assertThat(alert.annotations()).containsOnlyKeys("summary", "description", "runbook_url");
      assertThat(alert.annotations().get("summary")).contains("{{ $labels.instance }}");
      assertThat(alert.annotations().get("runbook_url"))
          .isEqualTo("dashboards/runbook.md#" + alert.name().toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void theRunbookHasAParagraphForEveryAlertAndForNoOther() throws IOException {
    String alerts = Files.readString(RUNBOOK).split("(?m)^## Alerts$", -1)[1];
    Map<String, String> paragraphs =
        Arrays.stream(alerts.split("(?m)^### ", -1))
            .skip(1)
            .collect(
                Collectors.toMap(
                    section -> section.lines().findFirst().orElseThrow(), section -> section));
    List<String> names = Rules.alerts().stream().map(Rule::name).toList();
    assertThat(paragraphs.keySet()).containsExactlyInAnyOrderElementsOf(names);
    paragraphs.forEach(
        (alert, text) ->
            assertThat(text)
                .as(alert)
                .contains("**What it means.**", "**How to check.**", "**What to do.**"));
  }

  @Test
  void everyLinkOfTheRunbookLeadsSomewhere() throws IOException {
    String text = Files.readString(RUNBOOK);
    List<String> headings =
        text.lines()
            .filter(line -> line.startsWith("#"))
            .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT).replace(' ', '-'))
            .toList();
    for (MatchResult link : Pattern.compile("]\\(([^)]+)\\)").matcher(text).results().toList()) {
      String target = link.group(1);
      if (target.startsWith("#")) {
        assertThat(headings).contains(target.substring(1));
      } else {
        assertThat(RUNBOOK.resolveSibling(target.replaceFirst("#.*", ""))).exists();
      }
    }
  }

  @Test
  void whatIsUsedOfTheJvmIsOnThePageOfMetrics() throws IOException {
    List<Rule> rules = new ArrayList<>(Rules.recordings());
    rules.addAll(Rules.alerts());
    for (Rule rule : rules) {
      assertThat(ExposedNames.in(rule.expression()))
          .filteredOn(name -> !name.startsWith("tributary_"))
          .allMatch(ProcessSeries::isListed);
    }
  }

  @Test
  void everyAlertIsTestedFiringAndNotFiring() throws IOException {
    Set<String> firing = new TreeSet<>();
    Set<String> silent = new TreeSet<>();
    for (Map<String, Object> test : Rules.objects(Rules.yaml(TESTS), "tests")) {
      for (Map<String, Object> tested : Rules.objects(test, "alert_rule_test")) {
        String alert = (String) tested.get("alertname");
        (((List<?>) tested.get("exp_alerts")).isEmpty() ? silent : firing).add(alert);
      }
    }
    List<String> names = Rules.alerts().stream().map(Rule::name).toList();
    assertThat(firing).containsExactlyInAnyOrderElementsOf(names);
    assertThat(silent).containsExactlyInAnyOrderElementsOf(names);
  }
}

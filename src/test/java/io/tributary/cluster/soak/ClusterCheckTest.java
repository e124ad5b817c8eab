package io.tributary.cluster.soak;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Journals of a cluster of two workers that are right, or wrong in one place. */
class ClusterCheckTest {
  private static final String JOURNAL =
      """
      {"seconds":0.1,"event":"start","name":"trainer","number":1}
      {"seconds":9.0,"event":"status","step":1,"samplers":2,"scorers":2,"rss":1000}
      {"seconds":10.0,"event":"fault","kind":"KILL","workers":"[1]","until":10.0}
      {"seconds":10.0,"event":"fault","kind":"CUT_LONG","workers":"[2, 4]","until":10.5}
      {"seconds":10.1,"event":"exit","name":"worker-1","code":137,"deed":"KILL"}
      {"seconds":11.0,"event":"exit","name":"worker-2","code":75,"deed":"nothing"}
      {"seconds":11.5,"event":"exit","name":"worker-2","code":0,"deed":"DRAIN"}
      {"seconds":12.0,"event":"healed","round":1,"step":3}
      {"seconds":13.0,"event":"status","step":3,"samplers":2,"scorers":2,"rss":1000}
      {"seconds":14.0,"event":"status","step":4,"samplers":1,"scorers":2,"rss":1000}
      {"seconds":15.0,"event":"status","step":4,"samplers":2,"scorers":2,"rss":1000}
      {"seconds":16.0,"event":"ledger","drawn":10,"learned":6,"dropped":3,"in_stream":1}
      {"seconds":17.0,"event":"end"}
      {"seconds":18.0,"event":"exit","name":"trainer","code":0,"deed":"nothing"}
      {"seconds":19.0,"event":"exit","name":"worker-1","code":137,"deed":"nothing"}
      """;
  private static final String LOG =
      """
      2026-01-01T00:00:00.000+00:00 INFO  [main] io.tributary.X - no ERROR here
      """;

  private static List<String> violations(String journal, String log, double patience) {
    List<JsonObject> rows =
        journal.lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
    List<String> violations = new ArrayList<>();
    new ClusterCheck(rows, log.lines().toList(), 2, patience)
        .findings()
        .forEach(finding -> violations.addAll(finding.violations()));
    return violations;
  }

  private static List<String> violations(String what, String instead) {
    assertThat(JOURNAL).contains(what);
    return violations(JOURNAL.replace(what, instead), LOG, 5);
  }

  @Test
  void aGoodJournalIsGood() {
    assertThat(violations(JOURNAL, LOG, 5)).isEmpty();
  }

  @Test
  void aLateRecoveryIsFound() {
    assertThat(violations(JOURNAL, LOG, 2.5)).containsExactly("round 1 took 3.0 s");
    assertThat(violations("\"step\":4,\"samplers\":2", "\"step\":3,\"samplers\":2"))
        .containsExactly("round 1 took Infinity s");
    assertThat(violations("healed", "hurt")).containsExactly("no round has ended");
  }

  @Test
  void aSequenceThatIsMissingIsFound() {
    assertThat(violations("\"dropped\":3", "\"dropped\":2"))
        .singleElement()
        .asString()
        .startsWith("2 are neither learned nor dropped");
    assertThat(violations("ledger", "legend")).containsExactly("it was never read");
  }

  @Test
  void anEndOfTheTrainerIsFound() {
    assertThat(violations("\"name\":\"trainer\",\"code\":0", "\"name\":\"trainer\",\"code\":1"))
        .singleElement()
        .asString()
        .startsWith("it has ended by itself");
    assertThat(
            violations(
                "{\"seconds\":18.0,\"event\":\"exit\",\"name\":\"trainer\"",
                "{\"seconds\":11.0,\"event\":\"exit\",\"name\":\"trainer\""))
        .hasSize(1);
    assertThat(violations("\"event\":\"end\"", "\"event\":\"else\""))
        .contains("the soak has not come to its end");
  }

  @Test
  void oneThatWasAskedForIsNone() {
    assertThat(
            violations(
                "{\"seconds\":11.0,\"event\":\"exit\",\"name\":\"worker-2\",\"code\":75,\"deed\":\"nothing\"}",
                "{\"seconds\":11.0,\"event\":\"exit\",\"name\":\"trainer\",\"code\":137,\"deed\":\"KILL_TRAINER\"}"))
        .isEmpty();
  }

  @Test
  void anUnexpectedEndOfAWorkerIsFound() {
    assertThat(violations("\"code\":75", "\"code\":1")).hasSize(1);
    assertThat(violations("CUT_LONG", "CUT_PAIR")).hasSize(1);
    assertThat(violations("[2, 4]", "[3, 4]")).hasSize(1);
    assertThat(violations("\"until\":10.5", "\"until\":-50")).hasSize(1);
    assertThat(violations("\"deed\":\"DRAIN\"", "\"deed\":\"nothing\"")).hasSize(1);
    assertThat(violations("\"deed\":\"KILL\"", "\"deed\":\"DRAIN\"")).hasSize(1);
  }

  @Test
  void anErrorInTheLogIsFound() {
    assertThat(violations(JOURNAL, LOG.replace("INFO ", "ERROR"), 5)).hasSize(1);
  }

  private static Finding memory(double first, double last) {
    List<Memory.Sample> samples = new ArrayList<>();
    for (int i = 0; i <= 500; i++) {
      samples.add(new Memory.Sample(i, i < 180 ? i : first + (last - first) * (i - 180) / 320));
    }
    return new Memory("it", samples, 100).finding();
  }

  @Test
  void onlyGrowthOfAWarmProcessIsFound() {
    assertThat(memory(1000, 1000).holds()).isTrue();
    assertThat(memory(1000, 1090).holds()).isTrue();
    assertThat(memory(1000, 1110).violations()).containsExactly("it grows");
    assertThat(new Memory("it", List.of(), 1).finding().seen())
        .isEqualTo("0 s are too short to judge");
  }

  @Test
  void aRowThatDiffersIsFound() {
    String evaluated = "{\"step\":2,\"evaluation\":true}";
    List<String> rows = List.of("{\"step\":1}", "{\"step\":2}");
    List<String> more = List.of("{\"step\":1}", "{\"step\":2}", evaluated);
    assertThat(new Identity(rows, more).finding().holds()).isTrue();
    assertThat(new Identity(rows, List.of("{\"step\":1}", evaluated)).finding().violations())
        .containsExactly("2 rows instead of 1");
    assertThat(new Identity(rows, List.of("{\"step\":1}", "{\"step\":3}")).finding().violations())
        .singleElement()
        .asString()
        .startsWith("row 2 is");
    assertThat(new Identity(List.of(), List.of()).finding().holds()).isFalse();
  }
}

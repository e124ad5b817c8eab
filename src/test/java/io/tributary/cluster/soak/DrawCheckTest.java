package io.tributary.cluster.soak;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Logs of draws of 2 sequences, two of which are a batch, that are right or wrong in one place. */
class DrawCheckTest {
  private static final String LOG =
      """
      03:00:00.000 INFO somebody is working on draw 0
      03:00:01.000 DEBUG draw 0 is accepted from sampler pekko://tributary/system/nodes/node-0.3/SAMPLER-0
      03:00:01.100 DEBUG draw 0 is accepted from scorer pekko://tributary/user/scorer-1
      03:00:01.200 DEBUG Z is estimated from {draw 0 of version 1=2}
      03:00:02.000 DEBUG draw 2 is accepted from sampler pekko://tributary/system/nodes/node-0.3/SAMPLER-0
      03:00:02.000 DEBUG draw 1 is accepted from sampler pekko://tributary/system/nodes/node-1.4/SAMPLER-0
      03:00:02.100 DEBUG draw 1 is accepted from scorer pekko://tributary/user/scorer-1
      03:00:02.100 DEBUG draw 2 is accepted from scorer pekko://tributary/user/scorer-1
      03:00:02.200 DEBUG step 1 has learned {draw 1 of version 1=2, draw 2 of version 1=2}
      03:00:03.000 DEBUG draw 3 is accepted from sampler pekko://tributary/system/nodes/node-0.3/SAMPLER-0
      03:00:03.000 DEBUG draw 4 is accepted from sampler pekko://tributary/system/nodes/node-0.3/SAMPLER-0
      03:00:03.100 DEBUG draw 3 is accepted from scorer pekko://tributary/user/scorer-1
      03:00:03.100 DEBUG draw 4 is accepted from scorer pekko://tributary/user/scorer-1
      03:00:03.200 DEBUG step 2 has learned {draw 3 of version 1=2, draw 4 of version 2=2}
      """;
  private static final String RESUMED =
      """
      03:00:05.000 DEBUG draw 3 is accepted from sampler pekko://tributary/user/sampler-0
      03:00:05.000 DEBUG draw 4 is accepted from sampler pekko://tributary/user/sampler-0
      03:00:05.100 DEBUG draw 3 is accepted from scorer pekko://tributary/user/scorer-1
      03:00:05.100 DEBUG draw 4 is accepted from scorer pekko://tributary/user/scorer-1
      03:00:05.200 DEBUG step 2 has learned {draw 3 of version 2=2, draw 4 of version 2=2}
      """;
  private static final String VERSIONS =
      """
      {"step":1,"version":2,"decision":"accepted","fingerprint":"a"}
      {"step":2,"version":3,"decision":"rejected"}
      {"step":2,"version":4,"decision":"accepted","fingerprint":"b"}
      """;

  private static List<String> violations(int staleness, String... logs) {
    List<JsonObject> versions =
        VERSIONS.lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
    List<Draws> starts = Stream.of(logs).map(log -> Draws.parse(log.lines().toList())).toList();
    List<String> violations = new ArrayList<>();
    new DrawCheck(starts, versions, 2, 4, staleness, 2)
        .findings()
        .forEach(finding -> violations.addAll(finding.violations()));
    return violations;
  }

  @Test
  void aGoodLogIsGood() {
    assertThat(violations(1, LOG)).isEmpty();
  }

  @Test
  void aResumeRepeatsSteps() {
    assertThat(violations(1, LOG, RESUMED)).isEmpty();
    assertThat(violations(1, LOG, RESUMED.replace("draw 3", "draw 5")))
        .contains("step 2 has 2 sequences of draw 5 instead of 2 of draw 3");
  }

  @Test
  void aResultThatIsAcceptedTwiceIsFound() {
    assertThat(
            violations(
                1,
                LOG.replace("draw 4 is accepted from sampler", "draw 3 is accepted from sampler")))
        .containsExactly(
            "draw 3 was accepted from a sampler again, from"
                + " pekko://tributary/system/nodes/node-0.3/SAMPLER-0",
            "step 2 has learned draw 4, which no sampler has returned");
  }

  @Test
  void aDrawThatIsLostIsFound() {
    assertThat(violations(1, LOG.replace("draw 2 of version 1=2", "draw 3 of version 1=2")))
        .contains("step 1 has 2 sequences of draw 3 instead of 2 of draw 2");
    assertThat(violations(1, LOG.replace(", draw 2 of version 1=2", "")))
        .contains("step 1 has 2 sequences instead of 4");
  }

  @Test
  void aSequenceThatIsLostIsFound() {
    assertThat(violations(1, LOG.replace("draw 2 of version 1=2", "draw 2 of version 1=1")))
        .contains("step 1 has 1 sequences of draw 2 instead of 2 of draw 2");
  }

  @Test
  void aStepThatIsLostIsFound() {
    assertThat(violations(1, LOG.replace("step 2 has", "step 3 has")))
        .contains("step 3 came instead of step 2");
    assertThat(violations(1, "")).containsExactly("the run has made 2 steps, the log has -1");
  }

  @Test
  void aDrawThatIsTooOldIsFound() {
    assertThat(violations(0, LOG))
        .containsExactly("step 2 has draw 3 of version 1, admissible were 2 to 2");
  }

  @Test
  void aVersionThatIsNoProposalYetOrNeverIsFound() {
    assertThat(violations(1, LOG.replace("version 2=2", "version 4=2")))
        .containsExactly("step 2 has draw 4 of version 4, admissible were 1 to 2");
    String third =
        """
        03:00:06.200 DEBUG step 3 has learned {draw 5 of version 3=2, draw 6 of version 4=2}
        """;
    assertThat(violations(5, LOG + third))
        .contains("step 3 has draw 5 of version 3, admissible were 1 to 4")
        .noneMatch(violation -> violation.contains("draw 6 of version 4, admissible"));
  }
}

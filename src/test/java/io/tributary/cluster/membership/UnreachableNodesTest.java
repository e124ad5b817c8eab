package io.tributary.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnreachableNodesTest {
  private final UnreachableNodes<String> nodes = new UnreachableNodes<>(Duration.ofSeconds(20));

  @Test
  void aNodeThatStaysUnreachableIsDueOnce() {
    nodes.lost("a", at(5));
    assertThat(due(24)).isEmpty();
    assertThat(due(25)).containsExactly("a");
    assertThat(due(100)).isEmpty();
  }

  @Test
  void aNodeThatIsHeardAgainIsNotDue() {
    nodes.lost("a", at(0));
    nodes.forget("a");
    assertThat(due(30)).isEmpty();
    nodes.lost("a", at(30));
    assertThat(due(49)).isEmpty();
    assertThat(due(50)).containsExactly("a");
  }

  @Test
  void theFirstNewsOfASilenceCounts() {
    nodes.lost("a", at(0));
    nodes.lost("a", at(10));
    assertThat(due(20)).containsExactly("a");
  }

  @Test
  void manyLossesOneAfterAnotherAreJudgedEachByItself() {
    for (int i = 0; i < 4; i++) {
      nodes.lost("node " + i, at(4 * i));
    }
    assertThat(due(20)).containsExactly("node 0");
    nodes.forget("node 1");
    assertThat(due(31)).containsExactly("node 2");
    assertThat(due(32)).containsExactly("node 3");
  }

  private List<String> due(int seconds) {
    return nodes.due(at(seconds));
  }

  private static Duration at(int seconds) {
    return Duration.ofSeconds(seconds);
  }
}

package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.cluster.remote.NodeRequest.Counts;
import io.tributary.config.binding.ConfigException;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeCountsTest {

  @Test
  void countsAreReadByNode() {
    assertThat(
            NodeCounts.of(
                Map.of(
                    "nodes.node-0.samplers.count", "3",
                    "nodes.node-0.scorers.count", "0",
                    "nodes.10.0.0.7:2552.scorers.count", "2")))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "node-0", new Counts(OptionalInt.of(3), OptionalInt.of(0)),
                "10.0.0.7:2552", new Counts(OptionalInt.empty(), OptionalInt.of(2))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "samplers.count               | 2    | samplers.count: expected nothing else in a change of"
            + " nodes",
        "nodes.node-0.samplers        | 2    | nodes.node-0.samplers: expected"
            + " nodes.NODE.samplers.count",
        "nodes.node-0.learner.count   | 2    | nodes.node-0.learner.count: expected"
            + " nodes.NODE.samplers.count",
        "nodes.node-0.samplers.count  | -1   | nodes.node-0.samplers.count = -1: expected a number"
            + " from 0 to 256",
        "nodes.node-0.samplers.count  | 1.5  | nodes.node-0.samplers.count = 1.5: expected a"
            + " number",
        "nodes.node-0.samplers.count  | 257  | nodes.node-0.samplers.count = 257: expected a"
            + " number",
      })
  void whatIsNoCountOfANodeIsNamed(String key, String value, String message) {
    Map<String, String> values = Map.of(key, value, "nodes.node-9.samplers.count", "1");
    assertThat(NodeCounts.areIn(values)).isTrue();
    assertThatThrownBy(() -> NodeCounts.of(values))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }
}

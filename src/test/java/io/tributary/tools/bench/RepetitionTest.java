package io.tributary.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepetitionTest {
  @Test
  void worksThatAreComparedTakeTurns() {
    List<String> done = new ArrayList<>();
    List<Repetition> times =
        Repetition.inTurn(0, List.of(() -> done.add("a"), () -> done.add("b")));
    assertThat(done).as("once to warm up").containsExactly("a", "b", "a", "b");
    assertThat(times).hasSize(2).allSatisfy(t -> assertThat(t.seconds()).hasSize(1));
  }
}

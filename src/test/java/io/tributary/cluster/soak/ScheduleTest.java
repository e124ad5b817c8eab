package io.tributary.cluster.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.soak.FaultKind.Length;
import io.tributary.cluster.soak.FaultKind.Part;
import io.tributary.cluster.soak.Schedule.Pace;
import io.tributary.cluster.soak.Schedule.Round;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Pace PACE = new Pace(5, 15, 10, 4);

  private static List<Round> rounds(long seed, List<FaultKind> kinds) {
    Schedule schedule = new Schedule(seed, 4, PACE, kinds);
    return Stream.generate(schedule::next).limit(100).toList();
  }

  private static List<Round> rounds(long seed) {
    return rounds(seed, FaultKind.sparingTheTrainer());
  }

  @Test
  void theSeedAloneDecides() {
    assertThat(rounds(7)).isEqualTo(rounds(7)).isNotEqualTo(rounds(8));
  }

  @Test
  void allKindsComeEquallyOften() {
    Map<FaultKind, Integer> counts = new EnumMap<>(FaultKind.class);
    rounds(1, List.of(FaultKind.values()))
        .forEach(round -> round.faults().forEach(f -> counts.merge(f.kind(), 1, Integer::sum)));
    assertThat(counts).hasSize(FaultKind.values().length);
    int most = counts.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    assertThat(counts.values()).allMatch(count -> count >= most - 1);
  }

  @Test
  void theTrainerIsSparedUnlessAsked() {
    assertThat(rounds(1))
        .allMatch(r -> r.faults().stream().noneMatch(f -> f.kind().part() == Part.TRAINER));
  }

  @Test
  void aLinkOrProcessGetsOneFaultAtATime() {
    for (Round round : rounds(3)) {
      assertThat(round.faults()).isNotEmpty().hasSizeLessThanOrEqualTo(PACE.most());
      for (Part part : List.of(Part.LINK, Part.PROCESS)) {
        assertThat(
                round.faults().stream()
                    .filter(fault -> fault.kind().part() == part)
                    .flatMap(fault -> fault.workers().stream()))
            .doesNotHaveDuplicates()
            .allMatch(worker -> worker >= 1 && worker <= 4);
      }
    }
  }

  @Test
  void onlyLongFaultsOutlastTheRemoval() {
    for (Round round : rounds(4)) {
      assertThat(round.calm()).isBetween(5.0, 10.0);
      for (Fault fault : round.faults()) {
        assertThat(fault.seconds() >= PACE.removal())
            .isEqualTo(fault.kind().length() == Length.LONG);
        assertThat(fault.seconds() > 0).isEqualTo(fault.kind().length() != Length.NONE);
      }
    }
  }

  @Test
  void aFaultReadsLikeASentence() {
    assertThat(new Fault(FaultKind.LOSE_PACKETS, List.of(2, 4), 0.51, 20, 0.25))
        .hasToString(
            "lose packets of one direction of 2 and 4, 25 % of the packets, at 0.5 s for 20.0 s");
    assertThat(new Fault(FaultKind.SLOW_DOWN, List.of(1), 1, 15, 2e6))
        .hasToString("slow down the link of 1, 2.0 Mbit/s, at 1.0 s for 15.0 s");
    assertThat(new Fault(FaultKind.KILL, List.of(3), 2, 0, 0)).hasToString("kill 3, at 2.0 s");
  }
}

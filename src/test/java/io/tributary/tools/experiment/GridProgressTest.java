package io.tributary.tools.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.experiment.Experiment;
import io.tributary.testing.run.TinyGrid;
import io.tributary.tools.experiment.Outcomes.End;
import io.tributary.tools.experiment.Outcomes.Outcome;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GridProgressTest {
  private static final Clock MONDAY_NOON =
      Clock.fixed(Instant.parse("2026-01-05T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path directory;

  private static Outcome took(double seconds, long sequences) {
    return new Outcome("cell", End.FINISHED, seconds, sequences, "", "2026-01-05T11:00:00Z");
  }

  @Test
  void expectsTheEndFromTheRateOfEachMethod() throws Exception {
    List<Experiment.Cell> cells = new TinyGrid(directory).read("grids").cells();
    Experiment.Cell plus = cells.get(0);
    Experiment.Cell gdc = cells.get(1);
    GridProgress progress = new GridProgress(MONDAY_NOON, 2);

    assertThat(progress.end(Map.of(plus, 0L), List.of())).isEmpty();
    assertThat(progress.text(Optional.empty())).isEqualTo("not known yet");
    progress.add("gdc++", took(32, 320)); // a cell of 320 sequences takes 32 s
    assertThat(progress.text(progress.end(Map.of(gdc, 0L), List.of()))).isEqualTo("12:00");
    progress.add("gdc", took(14_400, 320)); // and 4 hours
    // two and a half cells of 32 s, two at once
    assertThat(progress.end(Map.of(plus, 160L, cells.get(2), 0L, cells.get(3), 0L), List.of()))
        .hasValueSatisfying(
            end -> assertThat(end.toInstant()).isEqualTo(Instant.parse("2026-01-05T12:00:40Z")));
    // half a cell of 32 s beside one of 4 hours, which no other process can help with
    assertThat(progress.end(Map.of(plus, 160L, gdc, 0L), List.of()))
        .hasValueSatisfying(
            end -> assertThat(end.toInstant()).isEqualTo(Instant.parse("2026-01-05T16:00:00Z")));
    progress.add("gdc", took(1_000_000, 320));
    assertThat(progress.text(progress.end(Map.of(gdc, 0L), List.of()))).isEqualTo("Sun 08:53");
  }
}

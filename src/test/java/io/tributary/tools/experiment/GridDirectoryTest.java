package io.tributary.tools.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.ConfigLoader;
import io.tributary.config.experiment.Experiment;
import io.tributary.data.BadInputException;
import io.tributary.testing.Slow;
import io.tributary.testing.run.TinyGrid;
import io.tributary.tools.experiment.GridRecord.Origin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GridDirectoryTest {
  private static final String CELL = "pointwise_gdc_b16_s1";

  @TempDir Path directory;
  private TinyGrid tiny;

  @BeforeEach
  void makeAGrid() throws IOException {
    tiny = new TinyGrid(directory);
  }

  private static void begin(GridDirectory grid) throws IOException {
    Files.createDirectories(grid.run(CELL));
    Files.writeString(grid.run(CELL).resolve("effective.conf"), "");
  }

  @Test
  void saysWhatItsCellsAreAndWhatEachRunsWith() throws IOException {
    Experiment experiment = tiny.read("grids");
    try (GridDirectory grid = GridDirectory.claim(experiment)) {
      List<CellRecord> cells = GridRecord.read(grid.home()).orElseThrow().cells();

      assertThat(cells)
          .isEqualTo(experiment.cells().stream().map(CellRecord::of).toList())
          .extracting(CellRecord::isPointwise)
          .containsExactly(true, true, false, true);
      assertThat(cells.get(1).targets()).containsExactly(new CellRecord.Moment("letter", 1, true));
      assertThat(ConfigLoader.load(grid.configuration(CELL), Map.of()))
          .isEqualTo(experiment.cells().get(1).config());
    }
    assertThat(GridRecord.read(directory)).isEmpty();
  }

  @Test
  void whatMadeItIsToldOnceAsLongAsItIsTheSame() throws IOException {
    Origin first = Origin.here("1.0+a", "tributary experiment -c a.conf", "PyTorch 2");
    Origin second = Origin.here("1.0+b", "tributary experiment -c a.conf", "PyTorch 2");
    for (Origin origin : List.of(first, first, second)) {
      try (GridDirectory grid = GridDirectory.claim(tiny.read("grids"))) {
        grid.madeWith(origin);
      }
    }
    assertThat(GridRecord.read(tiny.read("grids").home()).orElseThrow().origins())
        .containsExactly(first, second);
  }

  @Test
  void whatIsNoPairOfTextsIsNone() throws IOException {
    Path file = directory.resolve("comparison.json");
    byte[] whole = "{\"base\":[\"a\"],\"policy\":[\"\u00fc\"]}".getBytes(StandardCharsets.UTF_8);
    int within = new String(whole, StandardCharsets.ISO_8859_1).indexOf('\u00c3') + 1;
    for (byte[] bytes :
        List.of(
            new byte[0],
            Arrays.copyOf(whole, within),
            "{\"base\":[\"a\"],\"pol".getBytes(StandardCharsets.UTF_8),
            "{\"base\":[\"a\"]}".getBytes(StandardCharsets.UTF_8))) {
      Files.write(file, bytes);
      assertThat(ComparedTexts.of(directory)).isEmpty();
    }
    Files.write(file, whole);
    assertThat(ComparedTexts.of(directory))
        .hasValue(new ComparedTexts(List.of("a"), List.of("\u00fc")));
  }

  @Test
  void aListOfCellsThatLacksSomethingIsRefused() throws IOException {
    for (String json : List.of("{}", "{\"cells\":[{\"name\":\"a\"}]}", "{\"cells\":")) {
      Files.writeString(directory.resolve("grid.json"), json);
      assertThatThrownBy(() -> GridRecord.read(directory))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("grid.json is not a list of cells");
    }
  }

  @Test
  void isForOneProcessAtATime() {
    try (GridDirectory grid = GridDirectory.claim(tiny.read("grids"))) {
      assertThatThrownBy(() -> GridDirectory.claim(tiny.read("grids")))
          .isInstanceOf(BadInputException.class)
          .hasMessage(grid.home() + " is in use by another experiment");
    }
    assertThatCode(() -> GridDirectory.claim(tiny.read("grids")).close())
        .doesNotThrowAnyException();
  }

  @Test
  void refusesACellThatWasBegunWithAnotherConfiguration() throws IOException {
    try (GridDirectory grid = GridDirectory.claim(tiny.read("grids"))) {
      begin(grid);
    }
    assertThatThrownBy(() -> GridDirectory.claim(tiny.read("grids", "evaluation.sequences=48")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(
            "the cell " + CELL + " was made with sequences = 32, and now has sequences = 48")
        .hasMessageContaining("start a new grid with another run.name");
  }

  @Test
  void refusesACellWhoseEarlierConfigurationCanNotBeReadAnyMore() throws IOException {
    try (GridDirectory grid = GridDirectory.claim(tiny.read("grids"))) {
      begin(grid);
      Files.writeString(grid.configuration(CELL), "tributary.unknown = 1");
    }
    assertThatThrownBy(() -> GridDirectory.claim(tiny.read("grids")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("was made with a configuration that can't be read any more");
  }

  @Slow
  @Test
  void takesACellThatWasBegunBeforeAllWasMovedElsewhere() throws IOException {
    Path before = Files.createDirectories(directory.resolve("before/checkout"));
    Path after = directory.resolve("after");
    try (GridDirectory grid = GridDirectory.claim(new TinyGrid(before).read("grids"))) {
      begin(grid);
    }
    Files.move(before, after);
    TinyGrid moved = new TinyGrid(after);

    assertThatThrownBy(() -> GridDirectory.claim(moved.read("grids", "evaluation.sequences=48")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("was made with sequences = 32, and now has sequences = 48");
    assertThatCode(() -> GridDirectory.claim(moved.read("grids")).close())
        .doesNotThrowAnyException();
  }

  @Test
  void takesAChangedConfigurationForACellThatHasNotBegunAndMoreCells() throws IOException {
    try (GridDirectory grid = GridDirectory.claim(tiny.read("grids"))) {
      assertThat(GridRecord.read(grid.home()).orElseThrow().cells()).hasSize(4);
    }
    GridDirectory.claim(tiny.read("grids", "evaluation.sequences=48")).close();

    assertThat(tiny.read("grids").home().resolve("cells").resolve(CELL + ".conf"))
        .content()
        .contains("sequences = 48");
  }

  @Test
  void theLastOutcomeOfACellCountsAndALineThatWasCutOffDoesNot() throws IOException {
    Outcomes outcomes = Outcomes.in(directory);
    outcomes.add(new Outcomes.Outcome("a", Outcomes.End.FAILED, 1, 2, "exit code 1: no", "t"));
    Files.writeString(
        directory.resolve("outcomes.jsonl"),
        Files.readString(directory.resolve("outcomes.jsonl")) + "{\"cell\":\"\u00c3",
        StandardCharsets.ISO_8859_1); // the first half of a character
    outcomes.add(new Outcomes.Outcome("a", Outcomes.End.FINISHED, 3, 4, "", "t"));

    assertThat(outcomes.all()).hasSize(2);
    assertThat(outcomes.last())
        .containsExactly(
            Map.entry("a", new Outcomes.Outcome("a", Outcomes.End.FINISHED, 3, 4, "", "t")));
  }
}

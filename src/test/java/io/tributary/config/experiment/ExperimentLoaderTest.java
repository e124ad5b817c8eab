package io.tributary.config.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.binding.ConfigException;
import io.tributary.config.experiment.Experiment.Cell;
import io.tributary.config.objective.ObjectiveType;
import io.tributary.testing.Slow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentLoaderTest {
  @TempDir Path directory;
  private Path task;

  @BeforeEach
  void makeATask() throws IOException {
    for (String file : new String[] {"config.json", "model.safetensors", "tokenizer.json"}) {
      Files.writeString(directory.resolve(file), "{}");
    }
    task =
        write(
            "word.conf",
            """
            tributary {
              run { name = other, steps = 10 }
              model.base = "%s"
              target.features = [ { name = word, type = word, word = water } ]
              learner.batch-size = 512
              evaluation.interval-steps = 5
            }
            """
                .formatted(directory));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private Experiment read(String shared, String experiment, Map<String, String> overrides)
      throws IOException {
    Path file =
        write(
            "grid.conf",
            """
            tributary {
              %s
              experiment {
                methods = [
                  { name = "gdc++", settings { objective.type = "gdc++" } }
                  { name = gdc, settings { objective.type = gdc, evaluation.interval-steps = 7 } }
                ]
                %s
              }
            }
            """
                .formatted(shared, experiment));
    return ExperimentLoader.read(file, overrides);
  }

  private Experiment read(String experiment) throws IOException {
    return read("", experiment, Map.of());
  }

  private String grid(String more) {
    return "{ tasks = [\"%s\"], %s }".formatted(task, more);
  }

  private static List<String> names(Experiment experiment) {
    return experiment.cells().stream().map(Cell::name).toList();
  }

  @Test
  void aGridIsAProductWhoseSeedsChangeLast() throws IOException {
    Experiment experiment =
        read("grids = [ %s ]".formatted(grid("batch-sizes = [128, 256], seeds = [1, 2]")));

    assertThat(names(experiment))
        .containsExactly(
            "word_gdc++_b128_s1",
            "word_gdc_b128_s1",
            "word_gdc++_b256_s1",
            "word_gdc_b256_s1",
            "word_gdc++_b128_s2",
            "word_gdc_b128_s2",
            "word_gdc++_b256_s2",
            "word_gdc_b256_s2");
    Cell cell = experiment.cells().get(7);
    assertThat(cell.config().objective().type()).isEqualTo(ObjectiveType.GDC);
    assertThat(cell.config().learner().batchSize()).isEqualTo(256);
    assertThat(cell.config().run().seed()).isEqualTo(2);
    assertThat(cell.config().run().home())
        .isEqualTo(experiment.home().resolve("cells").resolve("word_gdc_b256_s2"));
    assertThat(cell.config().http().port()).isZero();
    assertThat(cell.sequences()).isEqualTo(2560);
  }

  @Test
  void aGridThatSaysNoMoreHasAllMethodsWithTheTasksOwnBatchSizeAndSeed() throws IOException {
    assertThat(names(read("grids = [ %s ]".formatted(grid("")))))
        .containsExactly("word_gdc++_b512_s1", "word_gdc_b512_s1");
  }

  @Test
  void aCellOfTwoGridsRunsOnceAndIsInTheFiguresOfBoth() throws IOException {
    Experiment experiment =
        read(
            "grids = [ %s, %s ]"
                .formatted(
                    grid("figures = [3], seeds = [1]"),
                    grid("figures = [2, 5], seeds = [1, 2], methods = [gdc]")));

    assertThat(names(experiment))
        .containsExactly("word_gdc++_b512_s1", "word_gdc_b512_s1", "word_gdc_b512_s2");
    assertThat(experiment.cells().get(1).figures()).containsExactlyInAnyOrder(2, 3, 5);
  }

  @Test
  void theSameCellWithOtherSettingsIsRefused() {
    assertThatThrownBy(
            () ->
                read(
                    "grids = [ %s, %s ]".formatted(grid(""), grid("settings.checkpoint.keep = 1"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the cell word_gdc++_b512_s1 belongs to two grids");
  }

  @Test
  void valuesComeFromTheCommandLineTheMethodTheGridTheExperimentAndTheTaskInThisOrder()
      throws IOException {
    String shared = "checkpoint.keep = 5, samples.per-interval = 3, evaluation.sequences = 64";
    String experiment =
        "grids = [ %s ]"
            .formatted(
                grid(
                    "settings { evaluation.interval-steps = 6, checkpoint.keep = 4, run.seed = 9"
                        + " }"));
    List<Cell> cells =
        read(shared, experiment, Map.of("samples.per-interval", "2", "run.seed", "8")).cells();

    assertThat(cells.get(0).config().evaluation().intervalSteps()).isEqualTo(6);
    assertThat(cells.get(1).config().evaluation().intervalSteps()).isEqualTo(7);
    assertThat(cells.get(1).config().checkpoint().keep()).isEqualTo(4);
    assertThat(cells.get(1).config().samples().perInterval()).isEqualTo(2);
    assertThat(cells.get(1).config().evaluation().sequences()).isEqualTo(64);
    assertThat(cells.get(1).config().run().seed()).isEqualTo(8);
  }

  @Test
  void theDirectoryOfTheGridIsThatOfTheExperimentAndNotOfTheTask() throws IOException {
    Experiment experiment =
        read(
            "run.directory = \"%s/runs\"".formatted(directory),
            "grids = [ %s ]".formatted(grid("")),
            Map.of("run.name", "mine"));

    assertThat(experiment.home()).isEqualTo(directory.resolve("runs/mine"));
  }

  @Test
  void anUnknownKeyOfAMethodIsRefusedWithItsPlace() {
    assertThatThrownBy(
            () -> read("grids = [ %s ]".formatted(grid("settings.learner.batch-siz = 3"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "grid.conf:8: unknown key tributary.experiment.grids[0].settings.learner.batch-siz")
        .hasMessageContaining("batch-size");
  }

  @Test
  void aMethodThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> read("grids = [ %s ]".formatted(grid("methods = [ppo]"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("grids[0].methods[0] must be one of experiment.methods [gdc++, gdc]");
  }

  @Test
  void aCellThatCanNotBeUsedIsNamedWithPlaceAndKey() {
    assertThatThrownBy(() -> read("grids = [ %s ]".formatted(grid("batch-sizes = [100]"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the cell word with gdc++")
        .hasMessageContaining("learner.batch-size must be");
    assertThatThrownBy(
            () -> read("grids = [ %s ]".formatted(grid("settings.samplers.count = none"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the cell word with gdc++")
        .hasMessageContaining("grid.conf:8: tributary.samplers.count must be a whole number");
  }

  @Test
  void aTaskThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> read("grids = [ { tasks = [missing.conf] } ]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no such configuration file: missing.conf");
  }

  @Test
  void aCellWithoutEndIsRefused() throws IOException {
    task = write("endless.conf", Files.readString(task).replace("steps = 10", "seed = 1"));
    assertThatThrownBy(() -> read("grids = [ %s ]".formatted(grid(""))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a cell must end, expected run.sequences or run.steps");
  }

  @Test
  void aFigureThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> read("grids = [ %s ]".formatted(grid("figures = [7]"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("figures must be numbers from 2 to 6, got 7");
  }

  @Slow
  @Test
  void theShippedExperimentsCanBeUsed() {
    for (String name : List.of("paper-small", "smoke", "learning-rate")) {
      Experiment experiment =
          ExperimentLoader.read(Path.of("conf/experiments", name + ".conf"), Map.of());
      assertThat(experiment.cells())
          .as(name)
          .isNotEmpty()
          .allSatisfy(cell -> assertThat(cell.config().stream().maxStalenessSteps()).isZero());
    }
  }
}

package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The verbs experiment and report, and validate with a grid, where nothing has to run. */
class ExperimentVerbTest {
  @TempDir Path directory;

  @Test
  void validateListsTheCells() {
    Cli cli = Cli.run("validate", "-c", "conf/experiments/smoke.conf");

    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.out())
        .contains("task-01-frequent-word_gdc++_b256_s1  3,840 sequences")
        .endsWith("16 cells\n");
  }

  @Test
  void aGridThatCanNotBeUsedStartsNothing() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("grid.conf"),
            """
            tributary {
              run.directory = "%s/runs"
              experiment {
                methods = [ { name = gdc, settings { objective.typ = gdc } } ]
                grids = [ { tasks = [conf/tasks/task-03-politics.conf] } ]
              }
            }
            """
                .formatted(directory));
    Cli cli = Cli.run("experiment", "-c", file.toString());

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .isEqualTo(
            "tributary experiment: %s:4: unknown key tributary.experiment.methods[0].settings.objective.typ; did you mean type?\n"
                .formatted(file));
    assertThat(directory.resolve("runs")).doesNotExist();
  }

  @Test
  void aFileWithoutAGridIsNoExperiment() {
    Cli cli = Cli.run("experiment", "-c", "conf/quickstart.conf");

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("describes a run, not a grid of runs");
  }

  @Test
  void theCommandThatAReportTellsLeavesOutWhatHasNoInfluence() {
    ConfigOptions options = new ConfigOptions();
    CommandLine.populateCommand(
        options, "-c", "my grid.conf", "-D", "run.directory=x", "-D", "run.sequences=9");

    assertThat(options.text(Set.of("run.directory")))
        .isEqualTo("-c 'my grid.conf' -D run.sequences=9");
  }

  @Test
  void thereIsNoReportOfADirectoryWithoutRuns() {
    Cli cli = Cli.run("report", directory.toString());

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .isEqualTo(
            "tributary report: %s holds neither a grid (grid.json) nor a run (effective.conf)\n"
                .formatted(directory));
  }

  @Test
  void noFolderIsMadeForAReportThatCanNotBe() {
    Path to = directory.resolve("to");

    Cli cli = Cli.run("report", directory.toString(), "--to", to.toString());

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains(directory + " holds neither a grid").hasLineCount(1);
    assertThat(to).doesNotExist();
  }
}

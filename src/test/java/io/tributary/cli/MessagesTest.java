package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Cli;
import io.tributary.testing.TorchExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user is told who has made one of the usual mistakes. */
@ExtendWith(TorchExtension.class)
class MessagesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bench --shape 1,2 | '1,2': got 2 numbers, expected five",
        "bench --shape 1,2,x,4,5 | '1,2,x,4,5': \"x\" is not a whole number",
        "score --model test-data/models/base --input none.txt | --input = none.txt: no such file",
        "evaluate --texts none.txt | none.txt: no such file",
        "evaluate --model test-data/models/base | needs the configuration of its target: -c=FILE",
        "validate -c x.conf -D run.steps | tributary validate: -D run.steps: expected KEY=VALUE",
        "sample --model test-data/models/base -n 1 --max-length 1000 | so expected 1 to ",
        "run -c conf/experiments/smoke.conf | grid of runs (tributary.experiment.grids), not a run",
        "experiment -c conf/quickstart.conf | describes a run, not a grid of runs",
      })
  void aMistakeIsNamed(String command, String expected) {
    Cli cli = Cli.run(command.split(" ", -1));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err().replaceAll("['\"]", ""))
        .contains(expected.replaceAll("['\"]", ""))
        .doesNotContain("Exception");
  }

  @Test
  void anUnclosedSectionIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("a.conf"), "tributary { run { steps = 1\n");

    assertThat(Cli.run("validate", "-c", file.toString()).err())
        .contains("the file ends inside a section or list", file.toString());
  }

  @Test
  void aValueOfTheCommandLineIsBlamedRatherThanTheFileThatItDoesNotSuit() {
    Cli cli =
        Cli.run(
            "validate",
            "-c",
            "conf/tasks/task-01-frequent-word.conf",
            "-D",
            "learner.batch-size=100");

    assertThat(cli.err())
        .contains("command line: tributary.learner.micro-batch-size must be at most")
        .containsPattern("\\(conf/tasks/base.conf:\\d+\\)");
  }
}

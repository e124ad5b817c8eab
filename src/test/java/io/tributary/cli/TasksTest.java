package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Cli;
import io.tributary.testing.TorchExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The configurations of the ten tasks, for the shipped models and for GPT-2 small. */
@ExtendWith(TorchExtension.class)
class TasksTest {
  private static final Path TASKS = Path.of("conf/tasks");
  private static final Path PAPER = Path.of("conf/paper");

  static List<Path> tasks() throws IOException {
    return files(TASKS);
  }

  static List<Path> paperTasks() throws IOException {
    return files(PAPER);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith("task-"))
          .sorted()
          .toList();
    }
  }

  private static List<String> names(List<Path> files) {
    return files.stream().map(file -> String.valueOf(file.getFileName())).toList();
  }

  @Test
  void thereAreTenForEach() throws IOException {
    assertThat(names(tasks())).hasSize(10).isEqualTo(names(paperTasks()));
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void aTaskIsCompleteAsItIs(Path file) {
    Cli cli = Cli.run("validate", "-c", file.toString());
    assertThat(cli.err()).isEmpty();
    assertThat(cli.exitCode()).isZero();
  }

  @ParameterizedTest
  @MethodSource("paperTasks")
  void aTaskOfThePaperWantsAModelAndNothingElse(Path file) {
    Cli without = Cli.run("validate", "-c", file.toString());
    assertThat(without.exitCode()).isEqualTo(2);
    assertThat(without.err()).contains("tributary.model.base").hasLineCount(1);

    Cli with = Cli.run("validate", "-c", file.toString(), "-D", "model.base=test-data/models/base");
    assertThat(with.err()).isEmpty();
    assertThat(with.exitCode()).isZero();
  }

  @Test
  void aLabelThatAClassifierHasNotIsRefusedByTheKeyOfItsFeature() {
    Cli cli =
        Cli.run(
            "validate",
            "-c",
            TASKS.resolve("task-05-positive.conf").toString(),
            "-D",
            "target.features=[{ name = joy, type = classifier, labels = [joy],"
                + " directory = test-data/classifiers/sentiment }]");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .contains("target.features[0]: ", "no label \"joy\"", "negative, positive")
        .hasLineCount(1);
  }
}

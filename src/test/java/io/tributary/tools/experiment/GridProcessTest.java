package io.tributary.tools.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Slow;
import io.tributary.testing.Waiting;
import io.tributary.testing.run.TinyGrid;
import io.tributary.tools.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program with a grid, in processes of its own, and what is left when it is killed. */
@Slow
class GridProcessTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final String FIRST = "pointwise_gdc++_b16_s1";
  private static final String SECOND = "pointwise_gdc_b16_s1";

  @TempDir Path directory;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void endTheProcesses() throws InterruptedException {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private Process start(TinyGrid grid, String runs, String... arguments) throws IOException {
    Process process = grid.start(runs, arguments);
    processes.add(process);
    return process;
  }

  private int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  /** Waits until a cell has come to its first checkpoint. */
  private void awaitCheckpoint(Process process, Path home, String cell) {
    Waiting.until(
        "a checkpoint of " + cell,
        process::isAlive,
        () -> hasCheckpoint(home.resolve("cells").resolve(cell)));
  }

  @Test
  void aGridThatWasStoppedAndKilledGoesOnToTheSameReportAndTellsOfACellThatFails()
      throws Exception {
    TinyGrid grid = new TinyGrid(directory);
    Process stopped = start(grid, "broken");
    awaitCheckpoint(stopped, grid.home("broken"), FIRST);
    stopped.destroy();
    assertThat(exitCode(stopped)).isEqualTo(143);
    Process killed = start(grid, "broken");
    awaitCheckpoint(killed, grid.home("broken"), SECOND);
    killed.destroyForcibly().waitFor();
    cutOffBeforeItsLastTexts(grid.home("broken"), FIRST);

    // the process of the cell ends by itself, after a checkpoint
    assertThat(exitCode(start(grid, "broken"))).isEqualTo(1);
    assertThat(exitCode(start(grid, "whole", "-D", "experiment.parallel=2"))).isEqualTo(1);

    assertThat(grid.output("broken"))
        .content()
        .contains(
            "4 cells, 0 finished, 0 to resume, 4 to start",
            "run the same command to continue",
            "4 cells, 0 finished, 2 to resume, 2 to start")
        .containsPattern("cell 2/4: pointwise_gdc_b16_s1 finished in .*; 2 to go, expected end ")
        .contains(
            "cell 4/4: impossible_gdc++_b16_s1 FAILED with exit code 2: tributary run: "
                + "target.features: \"letter\" occurs in none of 32 sequences",
            "1 of 4 cells are not finished, 1 have failed; run the same command to try them again",
            "report: " + grid.home("broken").resolve("report.html"));
    assertThat(files(grid.home("broken")))
        .containsExactlyEntriesOf(files(grid.home("whole")))
        .containsKeys(
            "report.html", "report/claims.csv", "report/figure-5.svg", "report/figure-6.png");
    assertThat(grid.home("broken").resolve("report/origin.csv"))
        .content()
        .contains("command,tributary experiment -c " + directory.resolve("tiny.conf") + "\n");

    aSingleRunHasAReportToo(grid.home("whole").resolve("cells").resolve(SECOND));
  }

  private static void aSingleRunHasAReportToo(Path run) throws IOException {
    assertThat(Report.write(run))
        .content()
        .contains("Run pointwise_gdc_b16_s1 of gdc: 320 of 320 sequences.")
        .doesNotContain("What shows");
    assertThat(run.resolve("report/figure-2.svg")).isNotEmptyFile();
    assertThat(run.resolve("report/figure-3.png")).isNotEmptyFile();
    assertThat(run.resolve("report/figure-6.csv")).doesNotExist();
    assertThat(run.resolve("report/table-4.csv")).content().hasLineCount(2);
  }

  /** As a kill leaves a cell after its last checkpoint and before it has written its texts. */
  private static void cutOffBeforeItsLastTexts(Path home, String cell) throws IOException {
    Files.delete(home.resolve("cells").resolve(cell).resolve("comparison.json"));
    Path outcomes = home.resolve("outcomes.jsonl");
    List<String> lines = Files.readAllLines(outcomes);
    lines.removeIf(line -> line.contains(cell));
    Files.write(outcomes, lines);
  }

  private static boolean hasCheckpoint(Path run) throws IOException {
    Path checkpoints = run.resolve("checkpoints");
    if (!Files.isDirectory(checkpoints)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(checkpoints)) {
      return entries.anyMatch(entry -> entry.getFileName().toString().startsWith("step-"));
    }
  }

  /** The report's files by their name, as text that does not lose a byte. */
  private static Map<String, String> files(Path home) throws IOException {
    Map<String, String> files = new TreeMap<>();
    files.put("report.html", Files.readString(home.resolve("report.html")));
    try (Stream<Path> entries = Files.list(home.resolve("report"))) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        files.put(
            "report/" + entry.getFileName(),
            new String(Files.readAllBytes(entry), java.nio.charset.StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }
}

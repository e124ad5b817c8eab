package io.tributary.tools.experiment;

import io.tributary.config.experiment.Experiment;
import io.tributary.tools.experiment.Outcomes.End;
import io.tributary.tools.experiment.Outcomes.Outcome;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The process of a running cell: a Java of its own with the options of this one, so that a crash
 * harms no other cell and all memory is freed at the end. If this process ends for whatever reason,
 * the cell saves a checkpoint and ends too.
 */
final class CellProcess {
  private static final String ERROR = "tributary run: ";
  private static final int INTERRUPTED = 130;
  private static final int TERMINATED = 143;
  private static final int REASON_LINES = 3;
  private static final int TAIL_BYTES = 8192;
  private static final Pattern SEQUENCES = Pattern.compile("\"sequences\":(\\d+)");

  private final Experiment.Cell cell;
  private final Path home;
  private final Path output;
  private final long outputBefore;
  private final long sequencesBefore;
  private final long startNanos;
  private final Process process;

  private CellProcess(
      Experiment.Cell cell, Path home, Path output, long outputBefore, Process process)
      throws IOException {
    this.cell = cell;
    this.home = home;
    this.output = output;
    this.outputBefore = outputBefore;
    this.sequencesBefore = learned(home);
    this.startNanos = System.nanoTime();
    this.process = process;
  }

  /** Starts a cell, or continues its run if it has begun. */
  static CellProcess start(GridDirectory grid, Experiment.Cell cell) throws IOException {
    String name = cell.name();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-agent") && !option.startsWith("-javaagent"))
        .forEach(command::add);
    command.add("-XX:ErrorFile=" + grid.home().resolve("cells").resolve(name + ".crash"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.tributary.Main"));
    command.addAll(List.of("run", "-c", grid.configuration(name).toString()));
    command.addAll(List.of("--resume=if-any", "--while-input"));
    File output = grid.output(name).toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output));
    builder.environment().put("TRIBUTARY_TERMINAL", "0");
    builder.environment().put("TRIBUTARY_ERROR_TERMINAL", "0");
    Process process = builder.start();
    return new CellProcess(cell, grid.run(name), output.toPath(), output.length(), process);
  }

  Experiment.Cell cell() {
    return cell;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until it ends, up to a time. */
  void await(long milliseconds) throws InterruptedException {
    process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
  }

  /**
   * Asks it to save a checkpoint and end. After Ctrl-C, which a terminal sends to all processes, a
   * signal from here would be the second one and end it at once.
   */
  void stop() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy();
    }
  }

  /** Number of sequences that the run has learned from, including earlier processes. */
  long sequences() {
    return learned(home);
  }

  /** Seconds since it was started. */
  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /** Number of sequences learned from since it was started. */
  long sequencesSinceStart() {
    return Math.max(0, sequences() - sequencesBefore);
  }

  /** How it ended. */
  Outcome outcome(boolean asked) throws IOException {
    int exitCode = process.exitValue();
    boolean stopped = asked || exitCode == INTERRUPTED || exitCode == TERMINATED;
    End end = exitCode == 0 ? End.FINISHED : stopped ? End.STOPPED : End.FAILED;
    String reason = end == End.FAILED ? "exit code %d: %s".formatted(exitCode, lastLines()) : "";
    String at = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return new Outcome(cell.name(), end, seconds(), sequencesSinceStart(), reason, at);
  }

  private String lastLines() throws IOException {
    List<String> lines =
        tail(output, outputBefore).lines().filter(line -> !line.isBlank()).toList();
    List<String> error = lines.stream().dropWhile(line -> !line.startsWith(ERROR)).toList();
    List<String> told = error.isEmpty() ? lines : error;
    return told.isEmpty()
        ? "it has printed nothing"
        : String.join(" | ", told.subList(Math.max(0, told.size() - REASON_LINES), told.size()));
  }

  /** Number of sequences that a run has learned from, according to its last complete row. */
  static long learned(Path run) {
    try {
      Matcher rows = SEQUENCES.matcher(tail(run.resolve("metrics.jsonl"), 0));
      long last = 0;
      while (rows.find()) {
        last = Long.parseLong(rows.group(1));
      }
      return last;
    } catch (IOException e) {
      return 0; // it is only shown
    }
  }

  /** The end of a file, but nothing before an offset. */
  private static String tail(Path file, long from) throws IOException {
    if (!Files.exists(file)) {
      return "";
    }
    try (RandomAccessFile reader = new RandomAccessFile(file.toFile(), "r")) {
      long start = Math.max(from, reader.length() - TAIL_BYTES);
      byte[] bytes = new byte[(int) Math.max(0, reader.length() - start)];
      reader.seek(start);
      reader.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}

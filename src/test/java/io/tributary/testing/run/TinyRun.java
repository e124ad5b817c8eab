package io.tributary.testing.run;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.config.ConfigLoader;
import io.tributary.config.TributaryConfig;
import io.tributary.testing.Cli;
import io.tributary.testing.JavaProcess;
import io.tributary.testing.model.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs of tiny numbers, twelve steps by default, on a model that is written for them. */
public final class TinyRun {
  private static final int MERGES = 50;
  private final Path directory;
  private final Path file;

  public TinyRun(Path directory) throws IOException {
    this.directory = directory;
    Path model = model("model", 16, 1);
    this.file =
        Files.writeString(
            directory.resolve("tiny.conf"),
            """
            tributary {
              run { directory = "%s", steps = 12, seed = 1 }
              model.base = "%s"
              target.features = [
                { name = letter, type = wordlist, words = [a, b, c, d, e, f, g, h, i, j, k, l, m] }
              ]
              partition-function.bootstrap-sequences = 32
              partition-function.bootstrap-hits = 0
              samplers { batch-size = 8, max-length = 8 }
              learner {
                batch-size = 16
                micro-batch-size = 8
                optimizer { learning-rate = 1e-2, warmup-steps = 2 }
              }
              stream.max-staleness-steps = 0
              publish.interval-steps = 3
              evaluation { interval-steps = 5, sequences = 32 }
              checkpoint { interval-steps = 4, keep = 2 }
              samples.per-interval = 4
              http.port = 0
              native.intra-op-threads = 1
            }
            """
                .formatted(directory.resolve("runs"), model));
  }

  /** A model directory with random weights and a tokenizer of 307 tokens. */
  public Path model(String name, int width, long seed) throws IOException {
    return SmallModel.write(directory.resolve(name), MERGES, 16, width, seed, 0.1);
  }

  /**
   * Runs the verb {@code run} in this process.
   *
   * @param arguments options, and settings as KEY=VALUE, that are added to the configuration's
   */
  public Cli run(String name, String... arguments) {
    return Cli.run(commandLine(name, arguments).toArray(String[]::new));
  }

  /** As {@link #run}, in a process of its own; what it prints goes to {@code NAME.out}. */
  public RunProcess start(String name, String... arguments) throws IOException {
    return startThrough(List.of(), name, arguments);
  }

  /** As {@link #start}, through a command that executes the one that follows it. */
  public RunProcess startThrough(List<String> wrapper, String name, String... arguments)
      throws IOException {
    ProcessBuilder process = process(name, arguments);
    process.command().addAll(0, wrapper);
    return start(name, process);
  }

  /** Starts {@link #process} after it was changed. */
  public RunProcess start(String name, ProcessBuilder process) throws IOException {
    return new RunProcess(process, output(name));
  }

  /** The process that {@link #start} starts. */
  public ProcessBuilder process(String name, String... arguments) {
    return JavaProcess.ofProgram(commandLine(name, arguments));
  }

  private List<String> commandLine(String name, String... arguments) {
    List<String> line =
        new ArrayList<>(List.of("run", "-c", file.toString(), "-D", "run.name=" + name));
    for (String argument : arguments) {
      if (!argument.startsWith("-") && argument.contains("=")) {
        line.add("-D");
      }
      line.add(argument);
    }
    return line;
  }

  public TributaryConfig config(String name, Map<String, String> overrides) {
    Map<String, String> all = new HashMap<>(overrides);
    all.put("run.name", name);
    return ConfigLoader.load(file, all);
  }

  /** Holds the model, the configuration and the runs. */
  public Path directory() {
    return directory;
  }

  public Path output(String name) {
    return directory.resolve(name + ".out");
  }

  public Path home(String name) {
    return directory.resolve("runs").resolve(name);
  }

  public Path checkpoint(String name, int step) {
    return home(name).resolve("checkpoints/step-%08d".formatted(step));
  }

  public String metrics(String name) throws IOException {
    return Files.readString(home(name).resolve("metrics.jsonl"));
  }

  public List<JsonObject> rows(String name) throws IOException {
    return metrics(name)
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  /** The step of the newest checkpoint of a run; -1 if it has none. */
  public long lastCheckpoint(String name) throws IOException {
    return checkpoints(name).stream()
        .filter(entry -> entry.startsWith("step-"))
        .mapToLong(entry -> Long.parseLong(entry.substring("step-".length())))
        .max()
        .orElse(-1);
  }

  /** Names of the checkpoints of a run. */
  public List<String> checkpoints(String name) throws IOException {
    try (Stream<Path> entries = Files.list(home(name).resolve("checkpoints"))) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}

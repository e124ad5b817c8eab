package io.tributary.testing.run;

import io.tributary.config.experiment.Experiment;
import io.tributary.config.experiment.ExperimentLoader;
import io.tributary.testing.JavaProcess;
import io.tributary.testing.model.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A grid of three tasks, one of which can't be had, and two methods, on a model that is written for
 * them.
 */
public final class TinyGrid {
  private final Path directory;
  private final Path file;

  public TinyGrid(Path directory) throws IOException {
    this.directory = directory;
    SmallModel.write(directory.resolve("model"), 50, 16, 16, 1, 0.1);
    task("pointwise", "words = [a, b, c, d, e, f, g, h, i, j, k, l, m]");
    task("distributional", "words = [n, o, p, q, r, s, t], moment = 0.5");
    task("impossible", "words = [antidisestablishment]");
    this.file =
        Files.writeString(
            directory.resolve("tiny.conf"),
            """
            tributary {
              run { name = grid, steps = 20 }
              target.fit { sequences = 256, max-sequences = 512, min-effective-sample-size = 20 }
              partition-function.bootstrap-sequences = 32
              partition-function.bootstrap-hits = 0
              samplers { batch-size = 8, max-length = 8 }
              learner {
                batch-size = 16
                micro-batch-size = 8
                optimizer { learning-rate = 1e-2, warmup-steps = 2 }
              }
              stream.max-staleness-steps = 0
              publish.interval-steps = 2
              evaluation { interval-steps = 5, sequences = 32 }
              diagnostics { gradient-variance-interval-steps = 2, gradient-variance-sequences = 8 }
              checkpoint { interval-steps = 2, keep = 2 }
              experiment {
                methods = [
                  { name = "gdc++", settings { objective.type = "gdc++" } }
                  { name = gdc, settings { objective.type = gdc } }
                ]
                grids = [
                  { figures = [2, 3, 5], tasks = ["%1$s/pointwise.conf"] }
                  {
                    figures = [6]
                    tasks = ["%1$s/distributional.conf", "%1$s/impossible.conf"]
                    methods = ["gdc++"]
                  }
                ]
              }
            }
            """
                .formatted(directory));
  }

  private void task(String name, String feature) throws IOException {
    Files.writeString(
        directory.resolve(name + ".conf"),
        """
        tributary {
          model.base = "%s/model"
          target.features = [ { name = letter, type = wordlist, %s } ]
        }
        """
            .formatted(directory, feature));
  }

  /** The grid as it is read, with the directory that it is to be in. */
  public Experiment read(String runs, String... overrides) {
    Map<String, String> values = new HashMap<>();
    values.put("run.directory", directory.resolve(runs).toString());
    for (String override : overrides) {
      values.put(override.split("=", 2)[0], override.split("=", 2)[1]);
    }
    return ExperimentLoader.read(file, values);
  }

  /** Where the grid is when it is run in this directory. */
  public Path home(String runs) {
    return directory.resolve(runs).resolve("grid");
  }

  public Path output(String runs) {
    return directory.resolve(runs + ".out");
  }

  /** Runs the grid in a process of its own; what it prints is added to {@code RUNS.out}. */
  public Process start(String runs, String... arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of("experiment", "-c", file.toString()));
    line.addAll(List.of("-D", "run.directory=" + directory.resolve(runs)));
    line.addAll(List.of(arguments));
    return JavaProcess.ofProgram(line)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output(runs).toFile()))
        .start();
  }
}

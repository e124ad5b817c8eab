package io.tributary.testing.cluster;

import io.tributary.io.LastingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares runs in one process of this build with those of another one: {@code ProcessBench FOLDER
 * CLASSPATH STEPS}. It starts them in turn, and prints the time until a run says where it answers,
 * sequences a second from its first step to its last, and the largest resident memory. The folder
 * is emptied first.
 */
public final class ProcessBench {
  private static final int ROUNDS = 3;
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  private record Outcome(double startSeconds, double sequencesPerSecond, double peakMebibytes) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "start %.2f s, %.1f sequences/s, %.0f MiB",
          startSeconds,
          sequencesPerSecond,
          peakMebibytes);
    }
  }

  private ProcessBench() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]).toAbsolutePath();
    LastingFiles.delete(folder);
    Files.createDirectories(folder);
    int steps = Integer.parseInt(arguments[2]);
    for (int round = 0; round < ROUNDS; round++) {
      Outcome other = run(folder.resolve("other-" + round), arguments[1], steps);
      Outcome here =
          run(folder.resolve("here-" + round), System.getProperty("java.class.path"), steps);
      System.out.printf("other  %s%nhere   %s%n", other, here);
      System.out.printf(
          "ratio  start %.3f, sequences/s %.3f, memory %.3f%n",
          here.startSeconds() / other.startSeconds(),
          here.sequencesPerSecond() / other.sequencesPerSecond(),
          here.peakMebibytes() / other.peakMebibytes());
    }
  }

  /** The quickstart of version 0.1.0, in keys that both builds know. */
  private static final String CONFIG =
      """
      tributary {
        run.name = quickstart
        model.base = "%s"
        target.features = [ { name = water, type = word, word = water } ]
        objective.type = "gdc++"
        partition-function.bootstrap-sequences = 1024
        partition-function.bootstrap-hits = 0
        samplers { batch-size = 128, max-length = 32 }
        learner {
          batch-size = 128
          micro-batch-size = 128
          optimizer { learning-rate = 2e-4, schedule = linear, max-grad-norm = 0.5 }
        }
        publish.interval-steps = 5
        evaluation.sequences = 1024
      }
      """
          .formatted(Path.of("test-data/models/base").toAbsolutePath());

  private static Outcome run(Path folder, String classPath, int steps) throws Exception {
    Files.createDirectories(folder);
    Path output = folder.resolve("out");
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                classPath,
                "io.tributary.Main",
                "run",
                "-c",
                Files.writeString(folder.resolve("bench.conf"), CONFIG).toString(),
                "-D",
                "run.directory=" + folder,
                "-D",
                "run.steps=" + steps,
                "-D",
                "learner.optimizer.warmup-steps=0",
                "-D",
                "evaluation.interval-steps=" + steps,
                "-D",
                "http.port=0")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    double answered = 0;
    long first = 0;
    long last = 0;
    long rows = 0;
    double peak = 0;
    Path metrics = folder.resolve("quickstart/metrics.jsonl");
    while (process.isAlive()) {
      if (answered == 0 && Files.readString(output).contains("run quickstart: ")) {
        answered = (System.nanoTime() - start) / 1e9;
      }
      long now = rows(metrics);
      if (now > rows) {
        rows = now;
        last = System.nanoTime();
        first = first == 0 ? last : first;
      }
      peak = Math.max(peak, peak(process));
      Thread.sleep(20);
    }
    if (process.exitValue() != 0) {
      throw new IllegalStateException(Files.readString(output));
    }
    return new Outcome(answered, (steps - 1) * 128e9 / (last - first), peak);
  }

  private static long rows(Path metrics) throws IOException {
    if (!Files.exists(metrics)) {
      return 0;
    }
    try (var lines = Files.lines(metrics)) {
      return lines.filter(line -> line.contains("\"learner_loss\":")).count();
    }
  }

  private static double peak(Process process) {
    try {
      Matcher matcher =
          PEAK.matcher(Files.readString(Path.of("/proc/%d/status".formatted(process.pid()))));
      return matcher.find() ? Long.parseLong(matcher.group(1)) / 1024.0 : 0;
    } catch (IOException e) {
      return 0; // it has just ended
    }
  }
}

package io.tributary.testing.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.tensor.Torch;
import io.tributary.testing.Http;
import io.tributary.testing.JavaProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures how much a run slows down while its HTTP server is attacked: steps a second of a real
 * run, in turns without and with each kind of attack. {@code scripts/attack-http} starts it. The
 * attackers are in a process of the lowest priority, since they would be on other machines.
 *
 * <p>Arguments: seconds of a measurement, default 10; kinds of attacks, default all.
 */
public final class HttpAttack {
  private HttpAttack() {}

  public static void main(String[] arguments) throws Exception {
    Duration window = Duration.ofSeconds(arguments.length > 0 ? Long.parseLong(arguments[0]) : 10);
    Path directory = Files.createTempDirectory("attack");
    Torch.load(1);
    TinyRun tiny = new TinyRun(directory);
    RunProcess trainer =
        tiny.start(
            "attacked",
            "run.steps=10000000",
            "stream.max-staleness-steps=1",
            "samplers.batch-size=64",
            "partition-function.bootstrap-sequences=64",
            "learner.batch-size=64",
            "learner.micro-batch-size=64",
            "publish.interval-steps=1000",
            "evaluation.interval-steps=100000",
            "checkpoint.interval-steps=100000");
    try {
      int port = trainer.http().base().getPort();
      Path rows = tiny.home("attacked").resolve("metrics.jsonl");
      warmUp(trainer.http(), window);
      double worst = Double.POSITIVE_INFINITY;
      double before = rate(rows, window);
      for (HttpAttackers.Kind kind : kinds(arguments)) {
        double attacked;
        Process attackers = start(port, kind, directory.resolve(kind + ".out"));
        try {
          pause(Duration.ofSeconds(2));
          attacked = rate(rows, window);
        } finally {
          attackers.destroyForcibly().waitFor();
        }
        String report = Files.readString(directory.resolve(kind + ".out"));
        pause(Duration.ofSeconds(1));
        double after = rate(rows, window);
        double ratio = attacked / ((before + after) / 2);
        worst = Math.min(worst, ratio);
        System.out.printf(
            Locale.ROOT,
            "%-13s steps/s %.1f quiet, %.1f attacked, %.1f quiet: %.1f %%   %s%n",
            kind.name().toLowerCase(Locale.ROOT),
            before,
            attacked,
            after,
            100 * ratio,
            report.lines().reduce((first, last) -> last).orElse(""));
        before = after;
      }
      System.out.printf(Locale.ROOT, "worst: %.1f %% of the quiet rate%n", 100 * worst);
    } finally {
      trainer.kill();
    }
    System.exit(0);
  }

  /** Until the JVM has compiled what it will, the answers to requests included. */
  private static void warmUp(Http server, Duration duration) throws Exception {
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() < end) {
      server.get("/metrics");
    }
  }

  private static List<HttpAttackers.Kind> kinds(String[] arguments) {
    return arguments.length > 1
        ? Stream.of(arguments).skip(1).map(HttpAttackers.Kind::valueOf).toList()
        : List.of(HttpAttackers.Kind.values());
  }

  private static Process start(int port, HttpAttackers.Kind kind, Path output) throws IOException {
    ProcessBuilder process =
        JavaProcess.of(HttpAttackers.class.getName(), List.of(Integer.toString(port), kind.name()));
    process.command().addAll(0, List.of("nice", "-n", "19"));
    process.command().add(4, "-Xmx512m");
    return process.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  private static double rate(Path rows, Duration window) throws IOException {
    long from = step(rows);
    long begun = System.nanoTime();
    pause(window);
    return (step(rows) - from) / ((System.nanoTime() - begun) / 1e9);
  }

  /** The step of the last whole row. */
  private static long step(Path rows) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(rows.toFile(), "r")) {
      byte[] tail = new byte[(int) Math.min(file.length(), 16_384)];
      file.seek(file.length() - tail.length);
      file.readFully(tail);
      Matcher steps = Pattern.compile("\"step\":(\\d+)").matcher(new String(tail, UTF_8));
      long last = 0;
      while (steps.find()) {
        last = Long.parseLong(steps.group(1));
      }
      return last;
    }
  }

  private static void pause(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}

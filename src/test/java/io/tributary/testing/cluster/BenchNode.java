package io.tributary.testing.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.testing.Hosts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The program, or another of these classes, in a process of its own on a host, for measurements.
 *
 * @param hosts where it runs
 * @param host number of its host
 * @param output file with what it prints
 */
record BenchNode(Hosts hosts, int host, Process process, Path output) implements AutoCloseable {
  private static final long PATIENCE_NANOS = Duration.ofMinutes(5).toNanos();

  /**
   * Starts it.
   *
   * @param cores as taskset counts them, such as {@code 0,1}
   */
  static BenchNode start(
      Hosts hosts, int host, String cores, Path output, String main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("taskset", "-c", cores));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx6g", "-XX:+UseSerialGC"));
    command.addAll(List.of("-Dlogback.configurationFile=logback.xml"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(arguments);
    Process process =
        hosts
            .on(host, new ProcessBuilder(command))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new BenchNode(hosts, host, process, output);
  }

  /** Processor time that it has taken, in seconds. */
  double cpuSeconds() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  /** Bytes that its host has sent and received. */
  long wireBytes() throws IOException, InterruptedException {
    String line =
        on("cat", "/proc/net/dev").lines().filter(each -> each.contains("eth0:")).findFirst().get();
    String[] counts = line.replaceFirst(".*eth0:", "").strip().split("\\s+", -1);
    return Long.parseLong(counts[0]) + Long.parseLong(counts[8]);
  }

  /** The sum of a metric's series whose labels contain a text. */
  double metric(String name, String labels) {
    return page()
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> line.contains(labels))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private String page() {
    try {
      return on("curl", "-s", "http://127.0.0.1:8080/metrics");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Steps of the learner so far. */
  double steps() {
    return metric("tributary_learner_step_duration_seconds_count", "");
  }

  /** What a command on the same host prints. */
  String on(String... command) throws IOException, InterruptedException {
    Process started = hosts.on(host, new ProcessBuilder(command)).redirectErrorStream(true).start();
    String printed = new String(started.getInputStream().readAllBytes(), UTF_8);
    started.waitFor();
    return printed;
  }

  /** Returns when it has printed a text. */
  void until(String text) throws InterruptedException {
    until(text, () -> printed().contains(text));
  }

  /** Returns when a condition holds. */
  void until(String what, BooleanSupplier condition) throws InterruptedException {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() - start > PATIENCE_NANOS) {
        throw new IllegalStateException("%s: not seen: %s\n%s".formatted(output, what, printed()));
      }
      Thread.sleep(100);
    }
  }

  /** How many lines that it has printed contain a text. */
  long count(String text) {
    return printed().lines().filter(line -> line.contains(text)).count();
  }

  String lastLine() {
    return printed().lines().reduce("", (before, line) -> line);
  }

  private String printed() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }
}

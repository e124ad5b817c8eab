package io.tributary.testing.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tributary.io.LastingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures what it costs the learner to give a model of 500 MB to eight workers: {@code FanOutBench
 * FOLDER SECONDS LIMIT...}, where they fetch it in every second window of SECONDS, and LIMIT is a
 * value of {@code cluster.upload-megabytes-per-second}. The trainer has the first core for
 * everything, the workers, which do nothing but fetch, have the last. The folder is emptied first.
 */
public final class FanOutBench {
  private static final int FETCHING = 8;
  private static final int ROUNDS = 3;

  private final BenchNode trainer;
  private final List<BenchNode> fetching;
  private final int seconds;
  private int fetches;

  private FanOutBench(BenchNode trainer, List<BenchNode> fetching, int seconds) {
    this.trainer = trainer;
    this.fetching = fetching;
    this.seconds = seconds;
  }

  /**
   * Steps, the time that they took, and the time in which they were made, or their differences; in
   * seconds.
   */
  private record Steps(double count, double seconds, double time) {
    private static Steps of(BenchNode trainer) {
      return new Steps(
          trainer.steps(),
          trainer.metric("tributary_learner_step_duration_seconds_sum", ""),
          System.nanoTime() / 1e9);
    }

    private Steps minus(Steps other) {
      return new Steps(count - other.count, seconds - other.seconds, time - other.time);
    }

    private Steps plus(Steps other) {
      return new Steps(count + other.count, seconds + other.seconds, time + other.time);
    }

    private double rate() {
      return count / time;
    }

    private double mean() {
      return seconds / count;
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]).toAbsolutePath();
    LastingFiles.delete(folder);
    Files.createDirectories(folder);
    Path model = BenchCluster.small(folder);
    for (int i = 2; i < arguments.length; i++) {
      measure(folder.resolve("limit-" + i), model, Integer.parseInt(arguments[1]), arguments[i]);
    }
  }

  private static void measure(Path folder, Path model, int seconds, String limit) throws Exception {
    try (BenchCluster cluster = new BenchCluster(folder, FETCHING + 1)) {
      List<String> settings = new ArrayList<>(BenchCluster.training(model));
      settings.add("cluster.upload-megabytes-per-second=" + limit);
      BenchNode trainer = cluster.trainer(0, FETCHING, BenchCluster.core(0), settings);
      trainer.until("steps", () -> trainer.steps() > 2);
      List<BenchNode> fetching = new ArrayList<>();
      for (int i = 0; i < FETCHING; i++) {
        int host = 1 + i;
        BenchNode node =
            cluster.program(
                host,
                "fetching-%d.out".formatted(host),
                FetchingNode.class,
                List.of(cluster.address(0), cluster.address(host), cluster.tls().toString()));
        node.until("welcome");
        fetching.add(node);
      }
      System.out.printf("upload-megabytes-per-second = %s%n", limit);
      new FanOutBench(trainer, fetching, seconds).measure();
    }
  }

  private void measure() throws Exception {
    fetch(); // code is compiled
    Map<String, Steps> totals = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      totals.merge("alone", window(() -> {}), Steps::plus);
      totals.merge("with the workers", window(this::fetch), Steps::plus);
    }
    Steps quiet = totals.get("alone");
    totals.forEach(
        (what, steps) ->
            System.out.printf(
                "  %-16s %3.0f steps in %.0f s, ratio %.2f; a step takes %.3f s, ratio %.2f%n",
                what,
                steps.count(),
                steps.time(),
                steps.rate() / quiet.rate(),
                steps.mean(),
                steps.mean() / quiet.mean()));
  }

  /** What is done in a window. */
  private interface Action {
    void run() throws Exception;
  }

  private Steps window(Action action) throws Exception {
    Steps before = Steps.of(trainer);
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    action.run();
    while (System.nanoTime() < end) {
      Thread.sleep(100);
    }
    return Steps.of(trainer).minus(before);
  }

  /** Returns when all have it. */
  private void fetch() throws Exception {
    Steps before = Steps.of(trainer);
    double cpu = trainer.cpuSeconds();
    long start = System.nanoTime();
    fetches++;
    for (BenchNode node : fetching) {
      fetch(node);
    }
    for (BenchNode node : fetching) {
      node.until("the file", () -> node.count("fetched in") == fetches);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Steps during = Steps.of(trainer).minus(before);
    System.out.printf(
        "  all have it after %.1f s; meanwhile %.0f steps of %.3f s, the trainer's CPU %.1f s%n",
        seconds, during.count(), during.mean(), trainer.cpuSeconds() - cpu);
  }

  private static void fetch(BenchNode node) throws IOException {
    node.process().getOutputStream().write("\n".getBytes(US_ASCII));
    node.process().getOutputStream().flush();
  }
}

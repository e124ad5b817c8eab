package io.tributary.testing.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tributary.io.LastingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures what it costs the learner to give a model of 500 MB to eight workers: {@code FanOutBench
 * FOLDER SECONDS LIMIT...}, where SECONDS lie between two publications, and LIMIT is a value of
 * {@code cluster.upload-megabytes-per-second}. The trainer has the first core for everything, the
 * workers have the last. One of them draws, the others only fetch. The folder is emptied first.
 */
public final class FanOutBench {
  private static final int FETCHING = 7;
  private static final int ROUNDS = 3;

  private final BenchNode trainer;
  private final List<BenchNode> fetching;
  private final int seconds;

  private FanOutBench(BenchNode trainer, List<BenchNode> fetching, int seconds) {
    this.trainer = trainer;
    this.fetching = fetching;
    this.seconds = seconds;
  }

  /** Steps and the time that they took, or their differences. */
  private record Steps(double count, double seconds) {
    private static Steps of(BenchNode trainer) {
      return new Steps(
          trainer.steps(), trainer.metric("tributary_learner_step_duration_seconds_sum", ""));
    }

    private Steps minus(Steps other) {
      return new Steps(count - other.count, seconds - other.seconds);
    }

    private Steps plus(Steps other) {
      return new Steps(count + other.count, seconds + other.seconds);
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
    try (BenchCluster cluster = new BenchCluster(folder, FETCHING + 2)) {
      List<String> settings = new ArrayList<>(BenchCluster.training(model));
      settings.add("cluster.upload-megabytes-per-second=" + limit);
      BenchNode trainer = cluster.trainer(0, FETCHING + 1, BenchCluster.core(0), settings);
      trainer.until("steps", () -> trainer.steps() > 2);
      cluster.worker(1, BenchCluster.lastCore(), 1, 0).until("working as");
      List<BenchNode> fetching = new ArrayList<>();
      for (int i = 0; i < FETCHING; i++) {
        int host = 2 + i;
        BenchNode node =
            cluster.program(
                host,
                "fetching-%d.out".formatted(host),
                FetchingNode.class,
                List.of(
                    cluster.address(0),
                    cluster.address(host),
                    cluster.tls().toString(),
                    folder.resolve("cache-" + host).toString()));
        node.until("welcome");
        fetching.add(node);
      }
      System.out.printf("upload-megabytes-per-second = %s%n", limit);
      new FanOutBench(trainer, fetching, seconds).measure();
    }
  }

  private void measure() throws Exception {
    publish(1); // code is compiled
    Steps undisturbed = new Steps(0, 0);
    Steps disturbed = new Steps(0, 0);
    for (int round = 1; round <= ROUNDS; round++) {
      Steps quiet = window(() -> {});
      int count = round + 1;
      Steps busy = window(() -> publish(count));
      undisturbed = undisturbed.plus(quiet);
      disturbed = disturbed.plus(busy);
      System.out.printf(
          "  a step takes %.3f s, and %.3f s with a publication in %d s, ratio %.2f%n",
          quiet.mean(), busy.mean(), seconds, busy.mean() / quiet.mean());
    }
    System.out.printf("  together: ratio %.2f%n", disturbed.mean() / undisturbed.mean());
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

  /** Returns when all have what is published for the nth time. */
  private void publish(int count) throws Exception {
    double version = trainer.metric("tributary_proposal_version", "");
    Steps before = Steps.of(trainer);
    double cpu = trainer.cpuSeconds();
    long start = System.nanoTime();
    trainer.on("curl", "-s", "-X", "POST", "http://127.0.0.1:8080/control/swap-proposal");
    for (BenchNode node : fetching) {
      fetch(node);
    }
    for (BenchNode node : fetching) {
      node.until("the file", () -> node.count("fetched in") == count);
    }
    trainer.until(
        "the new proposal is held by all",
        () ->
            trainer.metric("tributary_proposal_version", "") > version
                && trainer.metric("tributary_node_proposal_version", "") > version);
    double wall = (System.nanoTime() - start) / 1e9;
    Steps during = Steps.of(trainer).minus(before);
    System.out.printf(
        "  all eight have it after %.1f s; meanwhile %.0f steps of %.3f s, the trainer's CPU %.1f s%n",
        wall, during.count(), during.mean(), trainer.cpuSeconds() - cpu);
  }

  private static void fetch(BenchNode node) throws IOException {
    node.process().getOutputStream().write("\n".getBytes(US_ASCII));
    node.process().getOutputStream().flush();
  }
}

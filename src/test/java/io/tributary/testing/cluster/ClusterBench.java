package io.tributary.testing.cluster;

import io.tributary.io.LastingFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures a cluster of processes on hosts of their own on this machine: {@code ClusterBench FOLDER
 * throughput SECONDS}, {@code ClusterBench FOLDER publication MODEL WORKERS RATE}, where MODEL is a
 * model directory or {@code 124M}, and RATE one that tc knows, or {@code -}. The folder is emptied
 * first.
 */
public final class ClusterBench {
  private static final int WARM_UP_MILLIS = 15_000;
  private static final int PUBLICATIONS = 5;
  private static final int STEPS = 10;

  private final BenchCluster cluster;

  private ClusterBench(BenchCluster cluster) {
    this.cluster = cluster;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]).toAbsolutePath();
    LastingFiles.delete(folder);
    Files.createDirectories(folder);
    if (arguments[1].equals("throughput")) {
      throughput(folder, Integer.parseInt(arguments[2]));
    } else {
      publication(folder, arguments[2], Integer.parseInt(arguments[3]), arguments[4]);
    }
  }

  /**
   * What samplers and scorers do is measured while Z is estimated, for which there is no learner.
   */
  private record Rate(double sequences, double trainerCpu, double workerCpu, double bytes) {}

  private static void throughput(Path folder, int seconds) throws Exception {
    Rate alone = rate(folder.resolve("alone"), seconds, 1, 0);
    System.out.printf(
        "one process on one core       %8.1f sequences/s, CPU %.2f ms a sequence%n",
        alone.sequences(), 1e3 * alone.trainerCpu());
    Rate both = rate(folder.resolve("both"), seconds, 2, 0);
    System.out.printf(
        "two that share nothing        %8.1f sequences/s, CPU %.2f ms a sequence, ratio %.2f%n",
        both.sequences(), 1e3 * both.trainerCpu(), both.sequences() / alone.sequences());
    Rate two = rate(folder.resolve("two"), seconds, 1, 2);
    System.out.printf(
        "two workers on one core each  %8.1f sequences/s, CPU %.2f ms a sequence, trainer %.2f"
            + " ms, ratio %.2f%n",
        two.sequences(),
        1e3 * two.workerCpu(),
        1e3 * two.trainerCpu(),
        two.sequences() / alone.sequences());
    System.out.printf(
        "wire: %,.0f bytes and CPU %.2f ms a sequence, both ends%n",
        two.bytes(), 1e3 * (two.workerCpu() + two.trainerCpu() - both.trainerCpu()));
  }

  private static Rate rate(Path folder, int seconds, int trainers, int workers) throws Exception {
    try (BenchCluster cluster = new BenchCluster(folder, trainers + workers)) {
      return new ClusterBench(cluster).rate(seconds, trainers, workers);
    }
  }

  /** Of one trainer with workers, or of several that share nothing and have a core each. */
  private Rate rate(int seconds, int trainers, int workers) throws Exception {
    int count = workers == 0 ? 1 : 0;
    List<String> settings =
        List.of(
            "partition-function.bootstrap-sequences=12800000",
            "samplers.count=" + count,
            "scorers.count=" + count);
    for (int i = 0; i < trainers; i++) {
      cluster.trainer(
          i, workers, workers == 0 ? BenchCluster.core(i) : BenchCluster.cores(), settings);
    }
    for (int i = 0; i < workers; i++) {
      cluster.worker(1 + i, BenchCluster.core(i), 1, 1);
    }
    List<BenchNode> nodes = cluster.nodes();
    List<BenchNode> own = nodes.subList(0, trainers);
    for (BenchNode trainer : own) {
      trainer.until("sequences are scored", () -> scored(List.of(trainer)) > 0);
    }
    for (BenchNode worker : nodes.subList(trainers, nodes.size())) {
      worker.until("working as");
    }
    Thread.sleep(WARM_UP_MILLIS);
    double sequences = scored(own);
    double trainerCpu = cpu(own);
    double workerCpu = cpu(nodes) - trainerCpu;
    long bytes = nodes.get(0).wireBytes();
    long start = System.nanoTime();
    Thread.sleep(seconds * 1000L);
    double measured = scored(own) - sequences;
    double trainerCpuNow = cpu(own);
    return new Rate(
        measured * 1e9 / (System.nanoTime() - start),
        (trainerCpuNow - trainerCpu) / measured,
        (cpu(nodes) - trainerCpuNow - workerCpu) / measured,
        (nodes.get(0).wireBytes() - bytes) / measured);
  }

  private static double cpu(List<BenchNode> of) {
    return of.stream().mapToDouble(BenchNode::cpuSeconds).sum();
  }

  private static double scored(List<BenchNode> trainers) {
    return trainers.stream()
        .mapToDouble(
            trainer -> trainer.metric("tributary_stage_sequences_total", "stage=\"scorer\""))
        .sum();
  }

  private static void publication(Path folder, String model, int workers, String rate)
      throws Exception {
    try (BenchCluster cluster = new BenchCluster(folder, workers + 1)) {
      Path base =
          model.equals("124M") ? BenchCluster.small(folder) : Path.of(model).toAbsolutePath();
      new ClusterBench(cluster).publication(base, workers, rate);
    }
  }

  private void publication(Path model, int workers, String rate) throws Exception {
    BenchNode trainer = cluster.trainer(0, workers, "0", BenchCluster.training(model));
    trainer.until("steps", () -> trainer.steps() > 2);
    double before = secondsOfAStep(trainer, STEPS);
    System.out.printf("a step without workers takes %.3f s%n", before);
    for (int i = 1; i <= workers; i++) {
      cluster.worker(i, BenchCluster.lastCore(), 1, 0).until("working as");
    }
    if (!rate.equals("-")) {
      String answer =
          trainer.on(
              "tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", rate, "burst", "64kb",
              "latency", "200ms");
      if (!answer.isBlank()) {
        throw new IllegalStateException("tc: " + answer);
      }
    }
    double steps = trainer.steps();
    double seconds = stepSeconds(trainer);
    for (int i = 0; i < PUBLICATIONS; i++) {
      double version = trainer.metric("tributary_proposal_version", "");
      trainer.on("curl", "-s", "-X", "POST", "http://127.0.0.1:8080/control/swap-proposal");
      trainer.until(
          "a new proposal", () -> trainer.metric("tributary_proposal_version", "") > version);
      double next = trainer.metric("tributary_proposal_version", "");
      trainer.until("it is held by all", () -> held(trainer, workers, next));
      System.out.printf(
          "proposal %.0f is held by all after %.2f s%n",
          next, trainer.metric("tributary_weights_publish_duration_seconds", ""));
    }
    double with = (stepSeconds(trainer) - seconds) / Math.max(1, trainer.steps() - steps);
    System.out.printf(
        "a step with %d workers takes %.3f s, ratio %.2f%n", workers, with, with / before);
  }

  private static boolean held(BenchNode trainer, int workers, double version) {
    return trainer.metric("tributary_node_proposal_version", "") >= workers * version;
  }

  private static double stepSeconds(BenchNode trainer) {
    return trainer.metric("tributary_learner_step_duration_seconds_sum", "");
  }

  private static double secondsOfAStep(BenchNode trainer, int count) throws InterruptedException {
    double steps = trainer.steps();
    double seconds = stepSeconds(trainer);
    trainer.until("more steps", () -> trainer.steps() >= steps + count);
    return (stepSeconds(trainer) - seconds) / (trainer.steps() - steps);
  }
}

package io.tributary.testing.cluster;

import io.tributary.io.LastingFiles;
import io.tributary.model.DecoderConfig;
import io.tributary.model.ModelDirectory;
import io.tributary.tensor.FloatType;
import io.tributary.testing.Hosts;
import io.tributary.testing.model.TinyModels;
import io.tributary.tools.pretrain.TokenizerCut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Measures a cluster of processes on hosts of their own on this machine: {@code ClusterBench FOLDER
 * throughput SECONDS}, {@code ClusterBench FOLDER publication MODEL WORKERS RATE}, where MODEL is a
 * model directory or {@code 124M}, and RATE one that tc knows, or {@code -}, or {@code ClusterBench
 * FOLDER attack SECONDS}. The folder is emptied first.
 */
public final class ClusterBench {
  private static final String QUICKSTART = "conf/quickstart.conf";
  private static final String BASE = "test-data/models/base";
  private static final String PROGRAM = "io.tributary.Main";
  private static final int WARM_UP_MILLIS = 15_000;
  private static final int PUBLICATIONS = 5;
  private static final int STEPS = 10;

  private final Path folder;
  private final Hosts hosts;
  private final List<BenchNode> nodes = new ArrayList<>();

  private ClusterBench(Path folder, Hosts hosts) {
    this.folder = folder;
    this.hosts = hosts;
    Runtime.getRuntime().addShutdownHook(new Thread(this::closeOnSignal, "close"));
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]).toAbsolutePath();
    LastingFiles.delete(folder);
    Files.createDirectories(folder);
    if (arguments[1].equals("throughput")) {
      throughput(folder, Integer.parseInt(arguments[2]));
    } else if (arguments[1].equals("attack")) {
      attack(folder, Integer.parseInt(arguments[2]));
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
    try (Hosts hosts = new Hosts(trainers + workers)) {
      ClusterBench bench = new ClusterBench(Files.createDirectories(folder), hosts);
      try {
        return bench.rate(seconds, trainers, workers);
      } finally {
        bench.close();
      }
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
      trainer(i, workers, workers == 0 ? core(i) : cores(), settings);
    }
    for (int i = 0; i < workers; i++) {
      worker(1 + i, core(i), 1, 1);
    }
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
            trainer -> metric(trainer, "tributary_stage_sequences_total", "stage=\"scorer\""))
        .sum();
  }

  private static double metric(BenchNode trainer, String name, String labels) {
    try {
      return trainer.metric(name, labels);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void publication(Path folder, String model, int workers, String rate)
      throws Exception {
    try (Hosts hosts = new Hosts(workers + 1)) {
      ClusterBench bench = new ClusterBench(folder, hosts);
      try {
        bench.publication(
            model.equals("124M") ? small(folder) : Path.of(model).toAbsolutePath(), workers, rate);
      } finally {
        bench.close();
      }
    }
  }

  private void publication(Path model, int workers, String rate) throws Exception {
    BenchNode trainer = trainer(0, workers, "0", training(model));
    trainer.until("steps", () -> steps(trainer) > 2);
    double before = secondsOfAStep(trainer, STEPS);
    System.out.printf("a step without workers takes %.3f s%n", before);
    for (int i = 1; i <= workers; i++) {
      worker(i, last(), 1, 0).until("working as");
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
    double steps = steps(trainer);
    double seconds = stepSeconds(trainer);
    for (int i = 0; i < PUBLICATIONS; i++) {
      double version = metric(trainer, "tributary_proposal_version", "");
      trainer.on("curl", "-s", "-X", "POST", "http://127.0.0.1:8080/control/swap-proposal");
      trainer.until(
          "a new proposal", () -> metric(trainer, "tributary_proposal_version", "") > version);
      double next = metric(trainer, "tributary_proposal_version", "");
      trainer.until("it is held by all", () -> held(trainer, workers, next));
      System.out.printf(
          "proposal %.0f is held by all after %.2f s%n",
          next, metric(trainer, "tributary_weights_publish_duration_seconds", ""));
    }
    double with = (stepSeconds(trainer) - seconds) / Math.max(1, steps(trainer) - steps);
    System.out.printf(
        "a step with %d workers takes %.3f s, ratio %.2f%n", workers, with, with / before);
  }

  private static void attack(Path folder, int seconds) throws Exception {
    try (Hosts hosts = new Hosts(1)) {
      ClusterBench bench = new ClusterBench(folder, hosts);
      try {
        bench.attack(seconds);
      } finally {
        bench.close();
      }
    }
  }

  /**
   * The attackers have the last core, so that what they do themselves costs the trainer nothing.
   */
  private void attack(int seconds) throws Exception {
    Path good = Files.createDirectories(folder.resolve("good"));
    Path other = Files.createDirectories(folder.resolve("other"));
    String names = "dns:localhost,ip:" + hosts.address(0);
    TestAuthority.Identity own = new TestAuthority(good).issue("node", names);
    new TestAuthority(other).issue("node", names);
    List<String> settings = new ArrayList<>(training(Path.of(BASE).toAbsolutePath()));
    settings.addAll(cluster(own.certificate(), own.key(), own.authority()));
    BenchNode trainer = trainer(0, 0, "0", settings);
    trainer.until("steps", () -> steps(trainer) > 2);
    Thread.sleep(WARM_UP_MILLIS);
    for (ClusterAttackers.Kind kind : ClusterAttackers.Kind.values()) {
      double before = stepsASecond(trainer, seconds);
      List<BenchNode> attackers = new ArrayList<>();
      for (String port : List.of("17355", "17356")) {
        attackers.add(
            BenchNode.start(
                hosts,
                0,
                last(),
                folder.resolve(kind + "-" + port),
                ClusterAttackers.class.getName(),
                List.of(port, kind.name(), "100", good.toString(), other.toString())));
      }
      for (BenchNode attacker : attackers) {
        attacker.until("connections");
      }
      Thread.sleep(WARM_UP_MILLIS / 3);
      double attacked = stepsASecond(trainer, seconds);
      StringBuilder connections = new StringBuilder();
      for (BenchNode attacker : attackers) {
        connections.append(' ').append(attacker.lastLine());
        attacker.close();
      }
      double after = stepsASecond(trainer, seconds);
      System.out.printf(
          "%-13s %5.2f steps/s before, %5.2f amid%s, %5.2f after; ratio %.2f%n",
          kind, before, attacked, connections, after, 2 * attacked / (before + after));
    }
  }

  private static double stepsASecond(BenchNode trainer, int seconds) throws InterruptedException {
    double steps = steps(trainer);
    long start = System.nanoTime();
    Thread.sleep(seconds * 1000L);
    return (steps(trainer) - steps) * 1e9 / (System.nanoTime() - start);
  }

  private static boolean held(BenchNode trainer, int workers, double version) {
    return metric(trainer, "tributary_node_proposal_version", "") >= workers * version;
  }

  private static double steps(BenchNode trainer) {
    return metric(trainer, "tributary_learner_step_duration_seconds_count", "");
  }

  private static double stepSeconds(BenchNode trainer) {
    return metric(trainer, "tributary_learner_step_duration_seconds_sum", "");
  }

  private static double secondsOfAStep(BenchNode trainer, int count) throws InterruptedException {
    double steps = steps(trainer);
    double seconds = stepSeconds(trainer);
    trainer.until("more steps", () -> steps(trainer) >= steps + count);
    return (stepSeconds(trainer) - seconds) / (steps(trainer) - steps);
  }

  /** Any text has the feature, so that Z is 1 and few sequences are enough. */
  private static List<String> training(Path model) {
    return List.of(
        "model.base=" + model,
        "target.features=[{ name = any, type = regex, pattern = \"\" }]",
        "run.steps=1000000",
        "samplers.batch-size=8",
        "samplers.max-length=16",
        "samplers.count=1",
        "scorers.count=1",
        "learner.batch-size=8",
        "learner.micro-batch-size=8",
        "partition-function.bootstrap-sequences=8",
        "publish.interval-steps=1000000",
        "publish.timeout=10m",
        "evaluation.sequences=8",
        "evaluation.interval-steps=1000000",
        "checkpoint.interval-steps=1000000");
  }

  /** Random weights of the size of GPT-2 small's: 124 million, 500 MB. */
  private static Path small(Path folder) throws IOException {
    TokenizerCut cut =
        TokenizerCut.of(Path.of("test-data/tokenizer/gpt2-tokenizer.json.gz"), Optional.empty());
    DecoderConfig config = TinyModels.config(12, 12, 768, 1024, cut.vocabulary(), cut.endOfText());
    Path tokenizer = Files.writeString(folder.resolve("tokenizer.json"), cut.json());
    Path model = folder.resolve("model");
    ModelDirectory.write(model, config, config.initialise(1), tokenizer, FloatType.F32);
    return model;
  }

  private BenchNode trainer(int host, int workers, String cores, List<String> settings)
      throws Exception {
    List<String> all = new ArrayList<>(settings);
    all.addAll(List.of("run.directory=" + folder.resolve("runs-" + host), "http.port=8080"));
    if (workers > 0) {
      List<String> script = new ArrayList<>(List.of("scripts/make-certificates", tls().toString()));
      for (int i = 0; i <= workers; i++) {
        script.add(hosts.address(i));
      }
      new ProcessBuilder(script).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
      String own = hosts.address(0);
      all.addAll(
          cluster(
              tls().resolve(own + ".pem"), tls().resolve(own + ".key"), tls().resolve("ca.pem")));
    }
    List<String> arguments = new ArrayList<>(List.of("run", "-c", QUICKSTART));
    all.forEach(setting -> arguments.addAll(List.of("-D", setting)));
    return started(host, cores, arguments);
  }

  private List<String> cluster(Path certificate, Path key, Path authority) {
    return List.of(
        "cluster.advertised-host=" + hosts.address(0),
        "cluster.tls.certificate-file=" + certificate,
        "cluster.tls.key-file=" + key,
        "cluster.tls.ca-file=" + authority);
  }

  private BenchNode worker(int host, String core, int samplers, int scorers) throws IOException {
    return started(
        host,
        core,
        List.of(
            "worker",
            "--trainer=" + hosts.address(0),
            "--host=" + hosts.address(host),
            "--tls=" + tls(),
            "--cache=" + folder.resolve("cache-" + host),
            "--samplers=" + samplers,
            "--scorers=" + scorers));
  }

  private Path tls() {
    return folder.resolve("tls");
  }

  private BenchNode started(int host, String cores, List<String> arguments) throws IOException {
    BenchNode node =
        BenchNode.start(
            hosts, host, cores, folder.resolve("host-%d.out".formatted(host)), PROGRAM, arguments);
    nodes.add(node);
    return node;
  }

  private static String last() {
    return core(Runtime.getRuntime().availableProcessors() - 1);
  }

  private static String core(int number) {
    return Integer.toString(number % Runtime.getRuntime().availableProcessors());
  }

  private static String cores() {
    return "0-" + (Runtime.getRuntime().availableProcessors() - 1);
  }

  private void closeOnSignal() {
    try {
      close();
      hosts.close();
    } catch (IOException | InterruptedException e) {
      System.err.println("not everything is removed: " + e);
    }
  }

  private void close() throws InterruptedException {
    for (BenchNode node : nodes) {
      node.close();
    }
  }
}

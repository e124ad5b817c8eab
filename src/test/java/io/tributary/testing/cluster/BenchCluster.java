package io.tributary.testing.cluster;

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

/** Processes to be measured, on hosts and cores of their own on this machine. */
final class BenchCluster implements AutoCloseable {
  private static final String QUICKSTART = "conf/quickstart.conf";
  private static final String PROGRAM = "io.tributary.Main";

  private final Path folder;
  private final Hosts hosts;
  private final List<BenchNode> nodes = new ArrayList<>();

  /** Makes a folder for what the processes write, and hosts. */
  BenchCluster(Path folder, int hosts) throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    this.hosts = new Hosts(hosts);
    Runtime.getRuntime().addShutdownHook(new Thread(this::closeOnSignal, "close"));
  }

  /** All that were started, in that order. */
  List<BenchNode> nodes() {
    return nodes;
  }

  String address(int host) {
    return hosts.address(host);
  }

  /**
   * Settings of a run that learns from its first step on: any text has the feature, so that Z is 1
   * and few sequences are enough.
   */
  static List<String> training(Path model) {
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
        "partition-function.bootstrap-hits=0",
        "publish.interval-steps=1000000",
        "publish.timeout=10m",
        "evaluation.sequences=8",
        "evaluation.interval-steps=1000000",
        "checkpoint.interval-steps=1000000");
  }

  /** Random weights of the size of GPT-2 small's: 124 million, 500 MB. */
  static Path small(Path folder) throws IOException {
    TokenizerCut cut =
        TokenizerCut.of(Path.of("test-data/tokenizer/gpt2-tokenizer.json.gz"), Optional.empty());
    DecoderConfig config = TinyModels.config(12, 12, 768, 1024, cut.vocabulary(), cut.endOfText());
    Path tokenizer = Files.writeString(folder.resolve("tokenizer.json"), cut.json());
    Path model = folder.resolve("model");
    ModelDirectory.write(model, config, config.initialise(1), tokenizer, FloatType.F32);
    return model;
  }

  /**
   * Starts the trainer of a cluster, or one process if it shall have no workers.
   *
   * @param settings KEY=VALUE
   */
  BenchNode trainer(int host, int workers, String cores, List<String> settings) throws Exception {
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
          settings(
              tls().resolve(own + ".pem"), tls().resolve(own + ".key"), tls().resolve("ca.pem")));
    }
    List<String> arguments = new ArrayList<>(List.of("run", "-c", QUICKSTART));
    all.forEach(setting -> arguments.addAll(List.of("-D", setting)));
    return started(host, cores, arguments);
  }

  /** Settings of a trainer on host 0. */
  List<String> settings(Path certificate, Path key, Path authority) {
    return List.of(
        "cluster.advertised-host=" + hosts.address(0),
        "cluster.tls.certificate-file=" + certificate,
        "cluster.tls.key-file=" + key,
        "cluster.tls.ca-file=" + authority);
  }

  /** Starts a worker of the trainer on host 0. */
  BenchNode worker(int host, String core, int samplers, int scorers) throws IOException {
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

  /** Certificates and keys of the hosts, for a trainer with workers. */
  Path tls() {
    return folder.resolve("tls");
  }

  private BenchNode started(int host, String cores, List<String> arguments) throws IOException {
    BenchNode node =
        BenchNode.start(
            hosts, host, cores, folder.resolve("host-%d.out".formatted(host)), PROGRAM, arguments);
    nodes.add(node);
    return node;
  }

  /** Starts another program on a host and the last core, whose output goes to a file. */
  BenchNode program(int host, String output, Class<?> program, List<String> arguments)
      throws IOException {
    BenchNode node =
        BenchNode.start(
            hosts, host, lastCore(), folder.resolve(output), program.getName(), arguments);
    nodes.add(node);
    return node;
  }

  static String lastCore() {
    return core(Runtime.getRuntime().availableProcessors() - 1);
  }

  static String core(int number) {
    return Integer.toString(number % Runtime.getRuntime().availableProcessors());
  }

  static String cores() {
    return "0-" + (Runtime.getRuntime().availableProcessors() - 1);
  }

  private void closeOnSignal() {
    try {
      close();
    } catch (IOException e) {
      System.err.println("not everything is removed: " + e);
    }
  }

  @Override
  public void close() throws IOException {
    nodes.forEach(BenchNode::close);
    hosts.close();
  }
}

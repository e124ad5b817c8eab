package io.tributary.cli;

import io.tributary.config.ClusterConfig;
import io.tributary.run.cluster.WorkerProcess;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Works for a trainer on another machine. */
@Command(
    name = "worker",
    header = "Samples and scores for a trainer on another machine.",
    description =
        "Joins the cluster of a run and works for it until it is stopped. Model, tokenizer and all"
            + " other files come from the trainer. SIGTERM: finish what is in progress and leave."
            + " Exit code 75: the trainer is lost; start the worker again.")
final class WorkerVerb extends Verb {
  private static final int DEFAULT_PORT = 17355;
  private static final Duration HEARTBEAT_PAUSE = Duration.ofSeconds(10);
  private static final Duration STABLE_AFTER = Duration.ofSeconds(20);
  private static final long GIB = 1L << 30;

  @Option(
      names = "--trainer",
      required = true,
      paramLabel = "HOST[:PORT]",
      description = "The trainer: its cluster.advertised-host and cluster.port (default: 17355).")
  private String trainer = "";

  @Option(
      names = "--tls-certificate",
      required = true,
      paramLabel = "FILE",
      description = "PEM: this machine's certificate.")
  private Path certificate = Path.of("");

  @Option(
      names = "--tls-key",
      required = true,
      paramLabel = "FILE",
      description = "PEM: its private key.")
  private Path key = Path.of("");

  @Option(
      names = "--tls-ca",
      required = true,
      paramLabel = "FILE",
      description = "PEM: certificates of the authorities whose nodes are trusted.")
  private Path authorities = Path.of("");

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description =
          "Name by which the other nodes reach this machine, and for which its certificate is"
              + " (default: its host name).")
  private @Nullable String host;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "0.0.0.0",
      description = "Address to bind to (default: ${DEFAULT-VALUE}).")
  private String bind = "";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of this node; 0: any free one (default).")
  private int port;

  @Option(
      names = "--samplers",
      paramLabel = "N",
      defaultValue = "1",
      description = "Number of samplers (default: ${DEFAULT-VALUE}).")
  private int samplers;

  @Option(
      names = "--scorers",
      paramLabel = "N",
      defaultValue = "1",
      description = "Number of scorers (default: ${DEFAULT-VALUE}).")
  private int scorers;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu or gpu:N (default: ${DEFAULT-VALUE}).")
  private String device = "";

  @Option(
      names = "--cache",
      paramLabel = "FOLDER",
      defaultValue = "cache",
      description = "Folder for what is fetched (default: ${DEFAULT-VALUE}).")
  private Path cache = Path.of("");

  @Override
  public Integer call() {
    if (samplers < 0 || scorers < 0 || samplers + scorers == 0) {
      throw badUsage(
          "--samplers=%d --scorers=%d: expected at least one".formatted(samplers, scorers));
    }
    String name = trainer;
    int trainerPort = DEFAULT_PORT;
    int colon = trainer.lastIndexOf(':');
    if (colon >= 0) {
      name = trainer.substring(0, colon);
      try {
        trainerPort = Integer.parseInt(trainer.substring(colon + 1));
      } catch (NumberFormatException e) {
        throw badUsage("--trainer=%s: expected HOST or HOST:PORT".formatted(trainer));
      }
    }
    ClusterConfig.Node node =
        new ClusterConfig.Node(
            bind,
            port,
            host == null ? ownName() : host,
            HEARTBEAT_PAUSE,
            STABLE_AFTER,
            new ClusterConfig.Tls(
                certificate.toAbsolutePath(), key.toAbsolutePath(), authorities.toAbsolutePath()));
    return new WorkerProcess(
            new WorkerProcess.Settings(
                node,
                name,
                trainerPort,
                samplers,
                scorers,
                device,
                cache,
                64 * GIB,
                Version.number()))
        .run();
  }

  private String ownName() {
    try {
      return InetAddress.getLocalHost().getCanonicalHostName();
    } catch (UnknownHostException e) {
      throw badUsage("--host: the name of this machine is unknown, give it");
    }
  }
}

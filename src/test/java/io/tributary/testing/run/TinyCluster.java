package io.tributary.testing.run;

import io.tributary.testing.JavaProcess;
import io.tributary.testing.cluster.ClusterAttackers;
import io.tributary.testing.cluster.TestAuthority;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A tiny run and its workers, in processes of their own, on this machine; to be closed. */
public final class TinyCluster implements AutoCloseable {
  private final TinyRun tiny;
  private final TestAuthority.Identity identity;
  private final int port;
  private final int filesPort;
  private final List<RunProcess> processes = new ArrayList<>();
  private int workers;

  /** Without any process yet. */
  public TinyCluster(TinyRun tiny) throws Exception {
    this.tiny = tiny;
    Path tls = Files.createDirectories(tiny.directory().resolve("tls"));
    this.identity = new TestAuthority(tls).issue("node", "dns:localhost");
    try (ServerSocket socket = new ServerSocket(0);
        ServerSocket other = new ServerSocket(0)) {
      this.port = socket.getLocalPort();
      this.filesPort = other.getLocalPort();
    }
  }

  /** The trainer's ports. */
  public List<Integer> ports() {
    return List.of(port, filesPort);
  }

  /** Certificates for attackers: that of the nodes, and one of another authority. */
  public ClusterAttackers.Arms arms() throws Exception {
    Path other = Files.createDirectories(tiny.directory().resolve("other"));
    return new ClusterAttackers.Arms(
        identity, new TestAuthority(other).issue("node", "dns:localhost"));
  }

  /** Starts a trainer. */
  public RunProcess trainer(String name, String... settings) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "cluster.advertised-host=localhost",
                "cluster.port=" + port,
                "cluster.files-port=" + filesPort,
                "cluster.acceptable-heartbeat-pause=4s",
                "cluster.stable-after=6s",
                "cluster.tls.certificate-file=" + identity.certificate(),
                "cluster.tls.key-file=" + identity.key(),
                "cluster.tls.ca-file=" + identity.authority()));
    all.addAll(List.of(settings));
    return kept(tiny.start(name, all.toArray(String[]::new)));
  }

  /** Starts a worker for the trainer, which may come later. */
  public RunProcess worker(String... options) throws IOException {
    return start(workers++, "", options);
  }

  /** Starts the last worker once more, as its supervisor would: with what it has cached. */
  public RunProcess lastWorkerAgain(String... options) throws IOException {
    return start(workers - 1, "-again", options);
  }

  private RunProcess start(int number, String suffix, String... options) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "worker",
                "--trainer=localhost:" + port,
                "--host=localhost",
                "--tls-certificate=" + identity.certificate(),
                "--tls-key=" + identity.key(),
                "--tls-ca=" + identity.authority(),
                "--cache=" + tiny.directory().resolve("cache-" + number),
                "--verbose"));
    arguments.addAll(List.of(options));
    return kept(
        new RunProcess(
            JavaProcess.ofProgram(arguments),
            tiny.output("worker-%d%s".formatted(number, suffix))));
  }

  private RunProcess kept(RunProcess process) {
    processes.add(process);
    return process;
  }

  /** Ends all processes. */
  @Override
  public void close() {
    processes.forEach(RunProcess::close);
  }
}

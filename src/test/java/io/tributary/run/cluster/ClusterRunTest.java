package io.tributary.run.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.membership.TrainerEvent.TrainerLost;
import io.tributary.testing.JavaProcess;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.cluster.TestAuthority;
import io.tributary.testing.run.RunProcess;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A trainer and workers in processes of their own, on the addresses of one machine. */
@Slow
@ExtendWith(TorchExtension.class)
class ClusterRunTest {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String STEPS = "run.steps=60";

  @TempDir private static Path directory;
  private static TinyRun tiny;
  private static TestAuthority.Identity identity;
  private final List<RunProcess> processes = new ArrayList<>();
  private int workers;

  @BeforeAll
  static void prepare() throws Exception {
    tiny = new TinyRun(directory);
    identity =
        new TestAuthority(Files.createDirectory(directory.resolve("tls")))
            .issue("node", "dns:localhost");
  }

  @AfterEach
  void killAll() {
    processes.forEach(RunProcess::close);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private RunProcess trainer(String name, int port, String... settings) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "cluster.advertised-host=localhost",
                "cluster.port=" + port,
                "cluster.files-port=0",
                "cluster.acceptable-heartbeat-pause=4s",
                "cluster.stable-after=6s",
                "cluster.tls.certificate-file=" + identity.certificate(),
                "cluster.tls.key-file=" + identity.key(),
                "cluster.tls.ca-file=" + identity.authority()));
    arguments.addAll(List.of(settings));
    return kept(tiny.start(name, arguments.toArray(String[]::new)));
  }

  private RunProcess worker(int port, String... options) throws IOException {
    int number = workers++;
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "worker",
                "--trainer=localhost:" + port,
                "--host=localhost",
                "--tls-certificate=" + identity.certificate(),
                "--tls-key=" + identity.key(),
                "--tls-ca=" + identity.authority(),
                "--cache=" + directory.resolve("cache-" + number),
                "--verbose"));
    arguments.addAll(List.of(options));
    return kept(
        new RunProcess(
            JavaProcess.ofProgram(arguments),
            directory.resolve("worker-%d.out".formatted(number))));
  }

  private RunProcess kept(RunProcess process) {
    processes.add(process);
    return process;
  }

  private static void untilWorking(RunProcess worker) {
    worker.until("it works", () -> worker.output().contains("working as node-"));
  }

  /**
   * A run that only workers draw for: one from before it, one that is killed, one that is drained,
   * and one that finds it waiting.
   */
  @Test
  void workersThatComeAndGoGiveWhatOneProcessGives() throws Exception {
    int port = freePort();
    RunProcess drained = worker(port); // before there is a trainer
    RunProcess trainer = trainer("remote", port, STEPS, "samplers.count=0", "scorers.count=0");
    RunProcess killed = worker(port);
    untilWorking(drained);
    untilWorking(killed);
    trainer.until(
        "it learns",
        () ->
            Files.exists(tiny.home("remote").resolve("metrics.jsonl"))
                && tiny.rows("remote").size() > 5);
    killed.kill();
    drained.signal("TERM");
    assertThat(drained.exitCode(LONG)).as(drained.output()).isZero();
    trainer.until("it waits", () -> trainer.output().contains("waiting for workers: there is no"));
    RunProcess late = worker(port);
    assertThat(tiny.run("alone", STEPS).exitCode()).isZero();
    assertThat(trainer.exitCode(LONG)).as(trainer.output()).isZero();
    assertThat(tiny.metrics("remote")).isEqualTo(tiny.metrics("alone"));
    assertThat(late.exitCode()).as("the trainer has ended").isEqualTo(TrainerLost.EXIT_CODE);
  }
}

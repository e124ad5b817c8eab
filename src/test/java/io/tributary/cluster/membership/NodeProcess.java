package io.tributary.cluster.membership;

import io.tributary.cluster.membership.TrainerEvent.TrainerLost;
import io.tributary.config.ClusterConfig;
import io.tributary.testing.JavaProcess;
import io.tributary.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A node without anything to do in a process of its own, which prints what it is told. */
final class NodeProcess implements AutoCloseable {
  static final Duration PAUSE = Duration.ofSeconds(3);
  static final Duration STABLE_AFTER = Duration.ofSeconds(4);
  static final int PORT = 17355;

  private final Path output;
  private final Process process;

  /**
   * Starts it.
   *
   * @param host address of its own, with a certificate in the directory
   * @param trainer address of the trainer, which the process is if it is the same
   * @param place where to run it
   */
  NodeProcess(Path directory, String host, String trainer, UnaryOperator<ProcessBuilder> place)
      throws IOException {
    this.output = Files.createTempFile(directory, host + "-", ".log");
    ProcessBuilder java =
        JavaProcess.of(NodeProcess.class.getName(), List.of(directory.toString(), host, trainer));
    java.command().add(1, "-Xmx128m");
    this.process =
        place.apply(java).redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  /** What runs in it. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    String host = arguments[1];
    String trainer = arguments[2];
    ClusterConfig.Tls tls =
        new ClusterConfig.Tls(
            directory.resolve(host + ".pem"),
            directory.resolve(host + ".key"),
            directory.resolve("ca.pem"));
    ClusterConfig.Node node = new ClusterConfig.Node(host, PORT, host, PAUSE, STABLE_AFTER, tls);
    TestNode<?> running =
        host.equals(trainer) ? TestNode.trainer(node) : TestNode.worker(node, trainer, PORT);
    ClusterSystem.onSignal(
        running.system,
        () -> {
          ClusterSystem.stop(running.system).toCompletableFuture().join();
          Runtime.getRuntime().halt(0);
        });
    for (int printed = 0; ; ) {
      if (printed == running.events.size()) {
        Thread.sleep(20);
        continue;
      }
      Object event = running.events.get(printed++);
      System.out.println(event.getClass().getSimpleName() + ": " + event);
      if (event instanceof TrainerLost) {
        Runtime.getRuntime().halt(TrainerLost.EXIT_CODE);
      }
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The number of lines that have this text. */
  long says(String text) {
    try {
      return Files.readAllLines(output).stream().filter(line -> line.contains(text)).count();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void await(String text) {
    await(text, 1);
  }

  void await(String text, long times) {
    Waiting.until(
        "%s: %d x %s".formatted(output, times, text), this::isAlive, () -> says(text) >= times);
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("it has not ended: " + output);
    }
    return process.exitValue();
  }

  void kill() {
    process.destroyForcibly();
  }

  /** Sends a signal such as STOP. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}

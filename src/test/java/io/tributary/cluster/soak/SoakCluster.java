package io.tributary.cluster.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.io.LastingFiles;
import io.tributary.testing.Hosts;
import io.tributary.testing.JavaProcess;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One trainer and some workers, each on a host of its own and started again when it ends, and what
 * can be done to them. Host 0 is the trainer's, host i that of worker i, and the last one an
 * attacker's.
 */
final class SoakCluster implements AutoCloseable {
  static final String RUN = "soak";
  static final String TRAINER = "trainer";

  private static final int PORT = 17355;
  private static final int FILES_PORT = 17356;
  private static final int WORKER_PORT = 17357;
  private static final int HTTP_PORT = 8080;

  /**
   * What the cluster trains, and how.
   *
   * @param workers how many
   * @param run settings of the run, as KEY=VALUE
   * @param removal after which the trainer removes an unreachable worker, from the last word on
   * @param resumes whether a trainer that ends is started again
   */
  record Settings(int workers, List<String> run, Duration removal, boolean resumes) {
    Settings {
      run = List.copyOf(run);
    }
  }

  private final TinyRun tiny;
  private final Settings settings;
  private final Hosts hosts;
  private final Supervised trainer;
  private final List<Supervised> workers = new ArrayList<>();
  private final List<Process> noise = new ArrayList<>();

  /** Starts all of them. */
  SoakCluster(TinyRun tiny, Settings settings, Journal journal)
      throws IOException, InterruptedException {
    this.tiny = tiny;
    this.settings = settings;
    this.hosts = new Hosts(settings.workers() + 2);
    makeCertificates();
    this.trainer =
        new Supervised(TRAINER, tiny.directory(), journal, settings.resumes(), this::trainerFor);
    for (int i = 1; i <= settings.workers(); i++) {
      int host = i;
      workers.add(
          new Supervised("worker-" + i, tiny.directory(), journal, true, start -> workerOn(host)));
    }
  }

  private Path tls() {
    return tiny.directory().resolve("tls");
  }

  private void makeCertificates() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("scripts/make-certificates", tls().toString()));
    IntStream.rangeClosed(0, settings.workers()).mapToObj(hosts::address).forEach(command::add);
    Process script = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(script.getInputStream().readAllBytes(), UTF_8);
    if (script.waitFor() != 0) {
      throw new IllegalStateException(output);
    }
  }

  private Path pem(int host, String suffix) {
    return tls().resolve(hosts.address(host) + suffix);
  }

  private ProcessBuilder trainerFor(int start) {
    long pause = settings.removal().toMillis() / 3;
    List<String> arguments = new ArrayList<>(settings.run());
    arguments.addAll(
        List.of(
            "samplers.count=0",
            "scorers.count=0",
            "http.port=" + HTTP_PORT,
            "cluster.advertised-host=" + hosts.address(0),
            "cluster.port=" + PORT,
            "cluster.files-port=" + FILES_PORT,
            "cluster.acceptable-heartbeat-pause=%dms".formatted(pause),
            "cluster.stable-after=%dms".formatted(settings.removal().toMillis() - pause),
            "cluster.tls.certificate-file=" + pem(0, ".pem"),
            "cluster.tls.key-file=" + pem(0, ".key"),
            "cluster.tls.ca-file=" + tls().resolve("ca.pem")));
    if (start > 1) {
      arguments.add("--resume=if-any");
    }
    ProcessBuilder java = tiny.process(RUN, arguments.toArray(String[]::new));
    java.command()
        .addAll(
            1,
            List.of(
                "-Xms256m",
                "-Xmx256m",
                "-XX:NativeMemoryTracking=summary",
                "-XX:+AlwaysPreTouch", // a heap that is touched little by little looks like a leak
                "-Dsoak.draws=" + tiny.directory().resolve(Draws.file(start))));
    int at = java.command().indexOf("-Dlogback.configurationFile=logback.xml");
    java.command().set(at, "-Dlogback.configurationFile=logback-soak.xml");
    java.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
    return hosts.on(0, java);
  }

  /** Every other worker gets another port at each start, and so is a new node with every one. */
  private ProcessBuilder workerOn(int host) {
    ProcessBuilder java =
        JavaProcess.ofProgram(
            List.of(
                "worker",
                "--trainer=%s:%d".formatted(hosts.address(0), PORT),
                "--host=" + hosts.address(host),
                "--port=" + (host % 2 == 0 ? WORKER_PORT : 0),
                "--tls-certificate=" + pem(host, ".pem"),
                "--tls-key=" + pem(host, ".key"),
                "--tls-ca=" + tls().resolve("ca.pem"),
                "--cache=" + cache(host),
                "--verbose"));
    java.command().add(1, "-Xmx192m");
    java.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
    return hosts.on(host, java);
  }

  private Path cache(int worker) {
    return tiny.directory().resolve("cache-" + worker);
  }

  /** The trainer's HTTP service. */
  HostHttp http() {
    return new HostHttp(hosts, 0, HTTP_PORT);
  }

  Supervised trainer() {
    return trainer;
  }

  private Supervised worker(int number) {
    return workers.get(number - 1);
  }

  // Faults, each of which has the signature of FaultKind.Deed

  void nothing(Fault fault) {}

  void cut(Fault fault) throws Exception {
    for (int worker : fault.workers()) {
      hosts.cut(worker);
    }
  }

  void cutBetween(Fault fault) throws Exception {
    hosts.cut(fault.workers().get(0), fault.workers().get(1));
  }

  void cutFiles(Fault fault) throws Exception {
    for (int worker : fault.workers()) {
      hosts.cutPort(worker, FILES_PORT);
    }
  }

  void losePackets(Fault fault) throws Exception {
    for (int worker : fault.workers()) {
      hosts.losePackets(worker, fault.start() * 1000 % 2 < 1, fault.amount());
    }
  }

  void heal(Fault fault) throws Exception {
    for (int worker : fault.workers()) {
      hosts.heal(worker);
    }
  }

  void limitRate(Fault fault) throws Exception {
    for (int worker : fault.workers()) {
      hosts.limitRate(worker, fault.amount());
    }
  }

  void unlimitRate(Fault fault) throws Exception {
    for (int worker : fault.workers()) {
      hosts.unlimitRate(worker);
    }
  }

  void freeze(Fault fault) throws Exception {
    signal(fault, "STOP");
  }

  void thaw(Fault fault) throws Exception {
    signal(fault, "CONT");
  }

  void kill(Fault fault) throws Exception {
    signal(fault, "KILL");
  }

  void drain(Fault fault) throws Exception {
    signal(fault, "TERM");
  }

  private void signal(Fault fault, String signal) throws Exception {
    for (int worker : fault.workers()) {
      worker(worker).signal(signal, fault.kind().name());
    }
  }

  void killAndHold(Fault fault) throws Exception {
    for (int worker : fault.workers()) {
      worker(worker).killAndHold(fault.kind().name());
    }
  }

  void release(Fault fault) {
    fault.workers().forEach(worker -> worker(worker).release());
  }

  void killAndEmptyCache(Fault fault) throws Exception {
    killAndHold(fault);
    for (int worker : fault.workers()) {
      LastingFiles.delete(cache(worker));
    }
    release(fault);
  }

  /** Random bytes, and connections on which nothing is said, from a host that is no node. */
  void noise(Fault fault) throws Exception {
    noise(fault, hosts.address(0), PORT);
    noise(fault, hosts.address(0), FILES_PORT);
    for (int worker = 2; worker <= settings.workers(); worker += 2) {
      noise(fault, hosts.address(worker), WORKER_PORT);
    }
  }

  private void noise(Fault fault, String address, int port) throws IOException {
    String script =
        """
        for i in 1 2 3 4 5; do sleep 60 <>/dev/tcp/$1/$2 & done
        while sleep 0.05; do head -c $((RANDOM * 4)) /dev/urandom >/dev/tcp/$1/$2; done
        """;
    noise.removeIf(process -> !process.isAlive());
    noise.add(
        hosts
            .on(
                settings.workers() + 1,
                new ProcessBuilder(
                    "timeout",
                    Double.toString(fault.seconds()),
                    "bash",
                    "-c",
                    script,
                    "noise",
                    address,
                    Integer.toString(port)))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  void drainTrainer(Fault fault) throws Exception {
    trainer.end("TERM", fault.kind().name());
  }

  void killTrainer(Fault fault) throws Exception {
    trainer.end("KILL", fault.kind().name());
  }

  /** Removes processes and hosts, whatever state they are in. */
  @Override
  public void close() throws IOException {
    workers.forEach(Supervised::letEnd);
    workers.forEach(Supervised::close);
    trainer.close();
    noise.forEach(Process::destroyForcibly);
    hosts.close();
  }
}

package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tributary.testing.Slow;
import io.tributary.testing.SmallDisk;
import io.tributary.testing.TestTools;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.TinyRun;
import io.tributary.testing.run.TinyRun.Outcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The program in a process of its own, when memory or disk are taken from it while it runs. */
@ExtendWith(TorchExtension.class)
@Slow
class RunResourcesTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String WITHOUT_END = "run.steps=100000000";

  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private TinyRun tiny;
  private Process process;

  @BeforeEach
  void makeAModel() throws IOException {
    tiny = new TinyRun(directory);
  }

  @AfterEach
  void endTheProcess() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  private void until(Callable<Boolean> condition) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .failFast("the process has ended", () -> !process.isAlive())
        .until(condition);
  }

  private int exitCode() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private URI uri(String name) throws IOException {
    Matcher line =
        Pattern.compile("run " + name + ": (http://\\S+),")
            .matcher(Files.readString(tiny.output(name)));
    assertThat(line.find()).isTrue();
    return URI.create(line.group(1));
  }

  private double scraped(String name, String metric) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri(name).resolve("/metrics")).build();
    return client
        .send(request, BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith("tributary_" + metric + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  private long lastCheckpoint(String name) throws IOException {
    return tiny.checkpoints(name).stream()
        .filter(entry -> entry.startsWith("step-"))
        .mapToLong(entry -> Long.parseLong(entry.substring("step-".length())))
        .max()
        .orElse(-1);
  }

  /** The run goes on without its disk. */
  private void untilWritingFails(String name) throws Exception {
    until(() -> scraped(name, "checkpoint_failures_total") >= 2);
    until(() -> scraped(name, "lines_lost_total") >= 5);
    double steps = scraped(name, "learner_steps");
    until(() -> scraped(name, "learner_steps") >= steps + 10);
  }

  /** The run has its disk again, and ends well. */
  private void recovers(String name, long lastBefore) throws Exception {
    until(() -> lastCheckpoint(name) > lastBefore);
    double lost = scraped(name, "lines_lost_total");
    double steps = scraped(name, "learner_steps");
    until(() -> scraped(name, "learner_steps") >= steps + 10);
    assertThat(scraped(name, "lines_lost_total")).isEqualTo(lost);
    client.send(
        HttpRequest.newBuilder(uri(name).resolve("/control/drain"))
            .POST(BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
    assertThat(exitCode()).isZero();
    assertThat(tiny.output(name))
        .content()
        .as("a clear line, not a flood")
        .containsOnlyOnce("it is tried again")
        .containsOnlyOnce("a line of step ")
        .containsOnlyOnce("checkpoints are written again");
    long last = lastCheckpoint(name);
    Outcome resumed = tiny.run(name, "--resume", "-D", "run.steps=" + (last + 1));
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(resumed.out()).contains("going on from the checkpoint of step " + last);
  }

  @Test
  void aRunWhoseTensorsGetNoMemoryEndsWithALineThatSaysWhatHelps() throws Exception {
    TestTools.require("prlimit");
    process =
        tiny.start(
            "memory",
            "-D",
            WITHOUT_END,
            "-D",
            "learner.batch-size=16384",
            "-D",
            "learner.micro-batch-size=16384",
            "-D",
            "samplers.batch-size=1024",
            "-D",
            "partition-function.bootstrap-sequences=1024");
    until(() -> Files.isDirectory(tiny.checkpoint("memory", 0)));
    long room = virtualBytes(process.pid()) + (128L << 20);
    assertThat(
            new ProcessBuilder("prlimit", "--pid", "" + process.pid(), "--as=" + room)
                .start()
                .waitFor())
        .isZero();

    assertThat(exitCode()).isEqualTo(1);
    assertThat(tiny.output("memory"))
        .content()
        .contains("there is not enough native memory for the tensors")
        .contains("lower learner.micro-batch-size");
    Outcome resumed =
        tiny.run(
            "memory",
            "--resume",
            "-D",
            "run.steps=1",
            "-D",
            "learner.batch-size=1024",
            "-D",
            "samplers.batch-size=1024",
            "-D",
            "partition-function.bootstrap-sequences=1024");
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(resumed.out()).contains("going on from the checkpoint of step 0");
  }

  private static long virtualBytes(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmSize:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aDirectoryThatBecomesReadOnlyIsWaitedFor() throws Exception {
    TestTools.require("setpriv");
    // root without its privileges obeys the permissions of files as everybody does
    process =
        tiny.startThrough(
            isRoot() ? List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all") : List.of(),
            "readonly",
            "-D",
            WITHOUT_END);
    until(() -> Files.isDirectory(tiny.checkpoint("readonly", 8)));
    try {
      permit(tiny.home("readonly"), "r-xr-xr-x", "r--r--r--");
      long last = lastCheckpoint("readonly");
      untilWritingFails("readonly");
      assertThat(lastCheckpoint("readonly")).isEqualTo(last);
      permit(tiny.home("readonly"), "rwxr-xr-x", "rw-r--r--");
      recovers("readonly", last);
    } finally {
      permit(tiny.home("readonly"), "rwxr-xr-x", "rw-r--r--");
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /** What is in folders and the files themselves; what a checkpoint consists of is left alone. */
  private static void permit(Path home, String folders, String files) throws IOException {
    try (Stream<Path> entries = Files.list(home)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        Files.setPosixFilePermissions(
            entry, PosixFilePermissions.fromString(Files.isDirectory(entry) ? folders : files));
      }
    }
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString(folders));
  }

  @Test
  void aDiskThatFillsUpAndIsFreedCostsNoCheckpointThatWasThere() throws Exception {
    Path home = Files.createDirectories(tiny.home("full"));
    try (SmallDisk disk = SmallDisk.mountedAt(home, 4 << 20)) {
      assumeTrue(disk.isMounted(), "only root may mount a small disk");
      process = tiny.start("full", "-D", WITHOUT_END);
      until(() -> Files.isDirectory(tiny.checkpoint("full", 8)));
      Path ballast = home.resolve("ballast");
      fill(ballast);
      untilWritingFails("full");
      long last = lastCheckpoint("full");
      assertThat(last).isGreaterThanOrEqualTo(8);
      Files.delete(ballast);
      recovers("full", last);
    }
  }

  private static void fill(Path ballast) throws IOException {
    try (var out = Files.newOutputStream(ballast)) {
      byte[] block = new byte[4096];
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }
}

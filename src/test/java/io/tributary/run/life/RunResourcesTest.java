package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tributary.testing.Cli;
import io.tributary.testing.Http;
import io.tributary.testing.Slow;
import io.tributary.testing.SmallDisk;
import io.tributary.testing.TestTools;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.RunProcess;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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
  private static final String WITHOUT_END = "run.steps=100000000";

  @TempDir Path directory;
  private TinyRun tiny;
  private RunProcess process;

  @BeforeEach
  void makeAModel() throws IOException {
    tiny = new TinyRun(directory);
  }

  @AfterEach
  void endTheProcess() {
    if (process != null) {
      process.close();
    }
  }

  /** The run goes on without its disk. */
  private void untilWritingFails() throws Exception {
    Http http = process.http();
    process.until("failed checkpoints", () -> http.metric("checkpoint_failures_total") >= 2);
    process.until("lost lines", () -> http.metric("lines_lost_total") >= 5);
    untilTenMoreSteps(http);
  }

  private void untilTenMoreSteps(Http http) throws Exception {
    double steps = http.metric("learner_steps");
    process.until("ten more steps", () -> http.metric("learner_steps") >= steps + 10);
  }

  /** The run has its disk again, and ends well. */
  private void recovers(String name, long lastBefore) throws Exception {
    Http http = process.http();
    process.until("a checkpoint", () -> tiny.lastCheckpoint(name) > lastBefore);
    double lost = http.metric("lines_lost_total");
    untilTenMoreSteps(http);
    assertThat(http.metric("lines_lost_total")).isEqualTo(lost);
    http.post("/control/drain");
    assertThat(process.exitCode()).isZero();
    assertThat(tiny.output(name))
        .content()
        .as("a clear line, not a flood")
        .containsOnlyOnce("it will be tried again")
        .containsOnlyOnce("a row of step ")
        .containsOnlyOnce("checkpoints can be written again");
    long last = tiny.lastCheckpoint(name);
    Cli resumed = tiny.run(name, "--resume", "run.steps=" + (last + 1));
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(resumed.out()).contains("resuming from the checkpoint of step " + last);
  }

  @Test
  void aRunWhoseTensorsGetNoMemoryEndsWithALineThatSaysWhatHelps() throws Exception {
    TestTools.require("prlimit");
    process =
        tiny.start(
            "memory",
            WITHOUT_END,
            "learner.batch-size=16384",
            "learner.micro-batch-size=16384",
            "samplers.batch-size=1024",
            "partition-function.bootstrap-sequences=1024");
    process.until("step 0", () -> Files.isDirectory(tiny.checkpoint("memory", 0)));
    long room = virtualBytes(process.pid()) + (128L << 20);
    assertThat(
            new ProcessBuilder("prlimit", "--pid", "" + process.pid(), "--as=" + room)
                .start()
                .waitFor())
        .isZero();

    assertThat(process.exitCode()).isEqualTo(1);
    assertThat(tiny.output("memory"))
        .content()
        .contains("there is not enough native memory for the tensors")
        .contains("lower learner.micro-batch-size");
    Cli resumed =
        tiny.run(
            "memory",
            "--resume",
            "run.steps=1",
            "learner.batch-size=1024",
            "samplers.batch-size=1024",
            "partition-function.bootstrap-sequences=1024");
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(resumed.out()).contains("resuming from the checkpoint of step 0");
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
            WITHOUT_END);
    process.until("step 8", () -> Files.isDirectory(tiny.checkpoint("readonly", 8)));
    try {
      permit(tiny.home("readonly"), "r-xr-xr-x", "r--r--r--");
      long last = tiny.lastCheckpoint("readonly");
      untilWritingFails();
      assertThat(tiny.lastCheckpoint("readonly")).isEqualTo(last);
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
      process = tiny.start("full", WITHOUT_END);
      process.until("step 8", () -> Files.isDirectory(tiny.checkpoint("full", 8)));
      Path ballast = home.resolve("ballast");
      fill(ballast);
      untilWritingFails();
      long last = tiny.lastCheckpoint("full");
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

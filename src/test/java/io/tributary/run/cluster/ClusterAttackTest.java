package io.tributary.run.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.Waiting;
import io.tributary.testing.cluster.ClusterAttackers;
import io.tributary.testing.cluster.ClusterAttackers.Kind;
import io.tributary.testing.run.RunProcess;
import io.tributary.testing.run.TinyCluster;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Everything bad at once, on both ports of a trainer's cluster. */
@Slow
@ExtendWith(TorchExtension.class)
class ClusterAttackTest {
  private static final String STEPS = "run.steps=15";
  private static final Duration PAUSE = Duration.ofMillis(100); // the processors are the run's too
  private static final int MOST_MEMORY_MIB = 1200;

  @TempDir private Path directory;

  @Test
  void attacksChangeNothingOfARun() throws Exception {
    TinyRun tiny = new TinyRun(directory);
    Path token = Files.writeString(directory.resolve("token"), "0123456789abcdef");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    List<ClusterAttackers> attackers = new ArrayList<>();
    try (TinyCluster cluster = new TinyCluster(tiny)) {
      ClusterAttackers.Arms arms = cluster.arms();
      RunProcess trainer =
          cluster.trainer(
              "attacked",
              STEPS,
              "samplers.count=0",
              "scorers.count=0",
              "cluster.token-file=" + token);
      RunProcess wrong = cluster.worker("--samplers=0"); // without the token
      wrong.until("it is refused", () -> wrong.output().contains("it has no token"));
      wrong.close();
      RunProcess worker = cluster.worker("--token-file=" + token);
      worker.until("it works", () -> worker.output().contains("working as node-"));
      for (Kind kind : Kind.values()) {
        for (int port : cluster.ports()) {
          attackers.add(new ClusterAttackers(port, kind, PAUSE, arms));
        }
      }
      AtomicLong memory = new AtomicLong();
      Waiting.until(
          "it makes its last step",
          () -> {
            memory.accumulateAndGet(memory(trainer), Math::max);
            return !trainer.isAlive();
          });
      assertThat(memory.get()).as("MiB").isBetween(1L, (long) MOST_MEMORY_MIB);
      assertThat(trainer.exitCode()).as(trainer.output()).isZero();
      assertThat(attackers).allMatch(each -> each.connections() > 0);
      assertThat(audit(tiny)).contains("it has no token").doesNotContain("lost");
      assertThat(tiny.run("alone", STEPS).exitCode()).isZero();
      assertThat(tiny.metrics("attacked")).isEqualTo(tiny.metrics("alone"));
    } finally {
      for (ClusterAttackers each : attackers) {
        each.close();
      }
    }
  }

  private static String audit(TinyRun tiny) throws IOException {
    return Files.readString(tiny.home("attacked").resolve("audit.jsonl"));
  }

  private static long memory(RunProcess process) throws IOException {
    Path status = Path.of("/proc/%d/status".formatted(process.pid()));
    return (Files.exists(status) ? Files.readAllLines(status) : List.<String>of())
        .stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
            .findFirst()
            .orElse(0); // it has ended
  }
}

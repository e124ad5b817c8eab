package io.tributary.run.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.membership.TrainerEvent.TrainerLost;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.RunProcess;
import io.tributary.testing.run.TinyCluster;
import io.tributary.testing.run.TinyRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A trainer and workers in processes of their own, on the addresses of one machine. */
@Slow
@ExtendWith(TorchExtension.class)
class ClusterRunTest {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String STEPS = "run.steps=40";
  private static final String HITS = "partition-function.bootstrap-hits=50";

  @TempDir private Path directory;

  private static void untilWorking(RunProcess worker) {
    worker.until("it works", () -> worker.output().contains("working as node-"));
  }

  /**
   * A run that only workers draw for: one from before it, one that is killed, one that is drained,
   * and one that finds it waiting. That one loses the trainer, which is killed, and joins again
   * when it has been resumed.
   */
  @Test
  void workersThatComeAndGoGiveWhatOneProcessGives() throws Exception {
    TinyRun tiny = new TinyRun(directory);
    try (TinyCluster cluster = new TinyCluster(tiny)) {
      RunProcess drained = cluster.worker(); // before there is a trainer
      RunProcess trainer =
          cluster.trainer("remote", STEPS, HITS, "samplers.count=0", "scorers.count=0");
      RunProcess killed = cluster.worker();
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
      trainer.until(
          "it waits", () -> trainer.output().contains("waiting for workers: there is no"));
      RunProcess late = cluster.worker();
      int rows = tiny.rows("remote").size();
      trainer.until("it goes on", () -> tiny.rows("remote").size() > rows + 5);
      trainer.kill();
      RunProcess resumed =
          cluster.trainer("remote", STEPS, HITS, "samplers.count=0", "scorers.count=0", "--resume");
      assertThat(tiny.run("alone", STEPS, HITS).exitCode()).isZero();
      assertThat(late.exitCode(LONG)).as(late.output()).isEqualTo(TrainerLost.EXIT_CODE);
      RunProcess again = cluster.lastWorkerAgain();
      assertThat(resumed.exitCode(LONG)).as(resumed.output()).isZero();
      assertThat(tiny.metrics("remote")).isEqualTo(tiny.metrics("alone"));
      assertThat(again.exitCode()).as("the trainer has ended").isEqualTo(TrainerLost.EXIT_CODE);
    }
  }
}

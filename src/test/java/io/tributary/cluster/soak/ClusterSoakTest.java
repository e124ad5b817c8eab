package io.tributary.cluster.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Slow;
import io.tributary.testing.TestTools;
import io.tributary.testing.TorchExtension;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Some rounds of faults; {@code scripts/soak-cluster} makes many. */
@Slow
@ExtendWith(TorchExtension.class)
class ClusterSoakTest {
  /** Of its first round: noise, a link that is cut for long, a long freeze, and a kill. */
  private static final long SEED = 34716;

  @TempDir Path directory;

  @Test
  void nothingIsLostWhateverHappensToWorkers() throws Exception {
    TestTools.require("ip", "iptables", "tc", "openssl");
    ClusterSoak.Plan plan =
        new ClusterSoak.Plan(
            Double.POSITIVE_INFINITY,
            1,
            SEED,
            2,
            0,
            90,
            Duration.ofSeconds(5),
            new Schedule.Pace(2.5, 5, 0.5, 4),
            FaultKind.sparingTheTrainer(),
            List.of());
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    List<Finding> findings;
    try (PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8)) {
      findings = new ClusterSoak(directory, plan, out).run();
    }
    assertThat(findings)
        .as(told.toString(StandardCharsets.UTF_8))
        .hasSize(11)
        .allMatch(Finding::holds);
  }
}

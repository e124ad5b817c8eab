package io.tributary.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Hosts;
import io.tributary.testing.Slow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A trainer and workers on hosts of their own, whose links and processes fail for so long that they
 * are lost. ClusterSoakTest has failures that pass.
 */
@Slow
@Timeout(300)
class BrokenLinksTest {
  private static final int WORKERS = 5;

  @TempDir private Path directory;
  private final List<NodeProcess> processes = new ArrayList<>();

  @Test
  void onlyWhatTheTrainerCantReachIsLost() throws Exception {
    try (Hosts hosts = new Hosts(WORKERS + 1)) {
      String[] addresses = new String[WORKERS + 1];
      for (int host = 0; host <= WORKERS; host++) {
        addresses[host] = hosts.address(host);
      }
      new TestCertificates(directory, addresses);
      try {
        for (int host = 0; host <= WORKERS; host++) {
          processes.add(start(hosts, host));
        }
        links(hosts);
      } finally {
        for (NodeProcess process : processes) {
          process.close();
        }
      }
    }
  }

  private NodeProcess start(Hosts hosts, int host) throws Exception {
    return new NodeProcess(
        directory, hosts.address(host), hosts.address(0), java -> hosts.on(host, java));
  }

  private void links(Hosts hosts) throws Exception {
    NodeProcess trainer = processes.get(0);
    trainer.await("NodeUp:", WORKERS);
    NodeProcess cut = processes.get(1);
    cut.await("TrainerUp:");

    hosts.cut(2, 3); // until the end: both are to stay
    hosts.cut(1);
    NodeProcess frozen = processes.get(4);
    frozen.signal("STOP");
    processes.get(5).kill();
    trainer.await("NodeUnreachable:", 3);
    cut.await("TrainerUnreachable");
    trainer.await("NodeGone:", 3);
    assertThat(trainer.says("reason=UNREACHABLE")).isEqualTo(3);
    assertThat(trainer.says("NodeUnreachable:")).as("no other").isEqualTo(3);
    frozen.signal("CONT");
    assertThat(frozen.exitCode()).isEqualTo(75);
    assertThat(cut.exitCode()).isEqualTo(75);
    assertThat(cut.says("nothing was heard from the trainer for 11.0 s")).isEqualTo(1);

    hosts.heal(1);
    processes.add(start(hosts, 1));
    trainer.await("NodeUp:", WORKERS + 1);

    trainer.kill();
    trainer.exitCode();
    processes.add(start(hosts, 0));
    NodeProcess old = processes.get(3);
    assertThat(old.exitCode()).isEqualTo(75);
    assertThat(old.says("TrainerLost:")).isEqualTo(1);
  }
}

package io.tributary.run.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.TributaryConfig;
import io.tributary.data.NodeState;
import io.tributary.data.ServiceState;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.NodeStatus;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The trainer of a cluster without samplers and scorers of its own. */
@ExtendWith(TorchExtension.class)
class WaitingForWorkersTest {
  @TempDir Path directory;
  private final RunMetrics metrics = new RunMetrics(Map.of(), Clock.systemUTC());
  private final StringWriter shown = new StringWriter();
  private List<NodeStatus> nodes = List.of();
  private RunWatch watch;

  @BeforeEach
  void make() throws IOException {
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "samplers.count", "0",
                "scorers.count", "0",
                "cluster.advertised-host", "localhost"));
    for (String key : List.of("certificate-file", "key-file", "ca-file")) {
      settings.put("cluster.tls." + key, Files.createFile(directory.resolve(key)).toString());
    }
    TributaryConfig config = new TinyRun(directory).config("waiting", settings);
    watch =
        new RunWatch(
            () -> config,
            metrics,
            new RunConsole(new PrintWriter(shown), false),
            new StreamMetrics(metrics, 8),
            Map.of(),
            event -> {},
            Clock.systemUTC(),
            System::nanoTime);
    watch.nodes(() -> nodes);
  }

  private static NodeStatus node(NodeState state, int samplers, int scorers) {
    return new NodeStatus(
        "node-0",
        "localhost:1",
        "build",
        state,
        List.of("cpu"),
        samplers,
        scorers,
        null,
        0,
        0,
        0,
        0,
        0,
        "class",
        true,
        null);
  }

  private void expect(ServiceState state, String reason) {
    watch.look();
    assertThat(watch.get().state()).isEqualTo(state);
    assertThat(watch.get().reason()).isEqualTo(reason);
    assertThat(metrics.value(Metric.SERVICE_STATE, state.name())).isEqualTo(1);
  }

  @Test
  void itSaysWhatItWaitsForAndGoesOnWhereItWas() {
    watch.state(ServiceState.FITTING, null);
    expect(
        ServiceState.WAITING_FOR_WORKERS, "there is no sampler; start one with tributary worker");
    nodes = List.of(node(NodeState.JOINING, 0, 0), node(NodeState.JOINING, 0, 0));
    expect(ServiceState.WAITING_FOR_WORKERS, "there is no sampler; nodes: 2 JOINING");
    nodes = List.of(node(NodeState.AVAILABLE, 1, 0), node(NodeState.UNREACHABLE, 1, 1));
    expect(
        ServiceState.WAITING_FOR_WORKERS, "there is no scorer; nodes: 1 AVAILABLE, 1 UNREACHABLE");
    nodes = List.of(node(NodeState.AVAILABLE, 1, 1));
    expect(ServiceState.FITTING, null);

    watch.state(ServiceState.STARTING, null);
    watch.streamStarted();
    nodes = List.of(node(NodeState.LEAVING, 1, 1));
    expect(ServiceState.WAITING_FOR_WORKERS, "there is no sampler; nodes: 1 LEAVING");
    nodes = List.of(node(NodeState.AVAILABLE, 2, 2));
    expect(ServiceState.RUNNING, null);

    assertThat(shown.toString().lines())
        .containsExactly(
            "waiting for workers: there is no sampler; start one with tributary worker",
            "a worker has joined",
            "waiting for workers: there is no sampler; nodes: 1 LEAVING",
            "a worker has joined");
  }

  @Test
  void aRunThatEndsWaitsForNobody() {
    watch.state(ServiceState.DRAINING, null);
    expect(ServiceState.DRAINING, null);
  }
}

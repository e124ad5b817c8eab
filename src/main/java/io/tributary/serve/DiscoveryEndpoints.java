package io.tributary.serve;

import io.tributary.protocol.NodeStatus;
import io.tributary.protocol.RunStatus;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;

/** Tells Prometheus what to scrape, in the form of its {@code http_sd_config}. */
record DiscoveryEndpoints(Supplier<RunStatus> status) {
  void addTo(Routes routes) {
    routes.get("/discovery/prometheus", this::targets);
  }

  private record Target(List<String> targets, Map<String, String> labels) {}

  /** The trainer as it was called, so that it is reached, and each worker where it says. */
  private HttpResponse targets(Routes.Call call) {
    List<Target> targets = new ArrayList<>();
    String trainer = call.header("Host").orElse("");
    if (!trainer.isEmpty()) {
      targets.add(new Target(List.of(trainer), Map.of("role", "trainer")));
    }
    List<NodeStatus> nodes = status.get().nodes();
    if (nodes != null) {
      nodes.forEach(
          node -> {
            if (node.metrics() != null) {
              targets.add(worker(trainer, node.name(), URI.create(node.metrics())));
            }
          });
    }
    return Answers.json(StatusCodes.OK, targets);
  }

  /** Labelled with its trainer, whose own series have that as the label {@code instance}. */
  private static Target worker(String trainer, String name, URI metrics) {
    return new Target(
        List.of(metrics.getAuthority()),
        new TreeMap<>(
            Map.of(
                "role",
                "worker",
                "trainer",
                trainer,
                "node",
                name,
                "__scheme__",
                metrics.getScheme())));
  }
}

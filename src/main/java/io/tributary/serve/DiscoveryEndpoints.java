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
    call.header("Host")
        .ifPresent(host -> targets.add(new Target(List.of(host), Map.of("role", "trainer"))));
    List<NodeStatus> nodes = status.get().nodes();
    if (nodes != null) {
      nodes.forEach(
          node -> {
            if (node.metrics() != null) {
              targets.add(worker(node.name(), URI.create(node.metrics())));
            }
          });
    }
    return Answers.json(StatusCodes.OK, targets);
  }

  private static Target worker(String name, URI metrics) {
    return new Target(
        List.of(metrics.getAuthority()),
        new TreeMap<>(Map.of("role", "worker", "node", name, "__scheme__", metrics.getScheme())));
  }
}

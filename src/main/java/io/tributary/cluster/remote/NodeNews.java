package io.tributary.cluster.remote;

import io.tributary.cluster.remote.RemoteWorker.Availability;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.pekko.actor.Address;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens to nodes, in lines for whoever started the trainer and for the log. */
final class NodeNews {
  private static final Logger LOG = LoggerFactory.getLogger(NodeNews.class);
  private static final int MOST_HOSTS = 256;

  private final Consumer<String> operator;
  private final Map<String, String> refused = new HashMap<>(); // reasons, by host

  /**
   * @param operator gets the lines; must not block
   */
  NodeNews(Consumer<String> operator) {
    this.operator = operator;
  }

  private void tell(String event) {
    LOG.info(event);
    operator.accept(event);
  }

  void joined(String node, Address at, int slots) {
    tell(
        "%s has joined with %,d slots: %s:%d"
            .formatted(node, slots, at.getHost().orElse("?"), at.getPort().orElse(0)));
  }

  void changed(String node, Availability availability) {
    tell(
        switch (availability) {
          case AVAILABLE -> node + " is heard again";
          case LEAVING -> node + " is leaving: it finishes what it has";
          case UNREACHABLE -> node + " is silent: its work is given to others";
        });
  }

  void gone(String node, String reason) {
    tell("%s is gone: %s".formatted(node, reason));
  }

  /** A refused node asks again and again; of a host, a reason is told once. */
  void refused(Address at, String reason) {
    LOG.info("{} is refused: {}", at, reason);
    String host = at.getHost().orElse("?");
    if (refused.size() >= MOST_HOSTS) {
      refused.clear();
    }
    if (!reason.equals(refused.put(host, reason))) {
      operator.accept("a worker on %s is refused: %s".formatted(host, reason));
    }
  }
}

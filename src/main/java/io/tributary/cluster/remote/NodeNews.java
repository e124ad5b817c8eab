package io.tributary.cluster.remote;

import io.tributary.cluster.membership.NodeEvent;
import io.tributary.cluster.remote.NodeNote.What;
import io.tributary.cluster.remote.RemoteWorker.Availability;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to nodes, in lines for whoever started the trainer and for the log, and in notes for
 * the run's records.
 */
final class NodeNews {
  private static final Logger LOG = LoggerFactory.getLogger(NodeNews.class);
  private static final int MOST_HOSTS = 256;

  private final Consumer<String> operator;
  private final ActorRef<NodeNote> records;
  private final Map<String, String> refused = new HashMap<>(); // reasons, by host

  /**
   * @param operator gets the lines; must not block
   * @param records gets the notes
   */
  NodeNews(Consumer<String> operator, ActorRef<NodeNote> records) {
    this.operator = operator;
    this.records = records;
  }

  private void tell(String event) {
    LOG.info(event);
    operator.accept(event);
  }

  private void note(Node node, What what, String reason) {
    records.tell(new NodeNote(node.hostPort(), node.name, what, reason));
  }

  /** A node has joined, or has other slots than before. */
  void offered(Node node) {
    boolean first = node.offer == 1;
    tell(
        first
            ? "%s has joined with %s: %s".formatted(node.name, node.slots, node.hostPort())
            : "%s has %s now".formatted(node.name, node.slots));
    note(node, first ? What.JOINED : What.RESIZED, node.slots);
  }

  void changed(String node, Availability availability) {
    tell(
        switch (availability) {
          case AVAILABLE -> node + " is heard again";
          case LEAVING -> node + " is leaving: it finishes what it has";
          case UNREACHABLE -> node + " is silent: its work is given to others";
        });
  }

  void gone(Node node, NodeEvent.Reason event) {
    String farewell = node.farewell;
    String dismissed = node.record.dismissed();
    String reason =
        dismissed != null ? "dismissed: " + dismissed : farewell == null ? event.text() : farewell;
    if (node.link == null) {
      LOG.info("{} was never admitted: {}", node, reason);
    } else {
      tell("%s is gone: %s".formatted(node.name, reason));
    }
    note(node, farewell == null && event != NodeEvent.Reason.LEFT ? What.LOST : What.LEFT, reason);
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
      records.tell(new NodeNote(Node.hostPort(at), "", What.REFUSED, reason));
    }
  }
}

package io.tributary.cluster.remote;

import io.tributary.cluster.wire.ToNode;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.Done;
import io.tributary.protocol.ServiceControl.Unable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Carries out what operators ask of nodes. For the thread of {@link Nodes}.
 *
 * @param nodes those there are now, a view
 */
record NodeOrders(Collection<Node> nodes) {
  private static final String OPERATOR = "asked for by an operator";

  void drain(NodeRequest.Drain request) {
    answer(
        request.node(),
        request.answer(),
        node -> {
          send(node, new NodeLink.Drain(OPERATOR), new ToNode.Drain(OPERATOR));
          return new Done(
              node + " finishes what it is at, leaves, and its process ends with exit code 0");
        });
  }

  void dismiss(NodeRequest.Dismiss request) {
    answer(
        request.node(),
        request.answer(),
        node -> {
          send(node, new NodeLink.Dismiss(OPERATOR), new ToNode.Dismissed(OPERATOR));
          return new Done(
              node
                  + " ends at once with exit code 75, for its supervisor to start it again; what it"
                  + " was at is given to others");
        });
  }

  /** A node that is not yet admitted has nothing to finish and is told directly. */
  private static void send(Node node, NodeLink.Command command, ToNode message) {
    if (node.link == null) {
      node.ref.tell(message);
    } else {
      node.link.tell(command);
    }
  }

  private void answer(
      String name, CompletableFuture<Answer> answer, Function<Node, Answer> action) {
    answer.complete(find(name).map(action).orElseGet(() -> unknown(name)));
  }

  void resize(NodeRequest.Resize request) {
    Map<String, NodeRequest.Counts> counts = new TreeMap<>(request.counts());
    for (String name : counts.keySet()) {
      Optional<Node> node = find(name);
      if (node.isEmpty()) {
        request.answer().complete(unknown(name));
        return;
      }
      if (node.get().link == null) {
        request.answer().complete(new Unable(node.get() + " is not yet ready to work"));
        return;
      }
    }
    counts.forEach(
        (name, wanted) -> find(name).ifPresent(n -> n.tell(new NodeLink.Resize(wanted))));
    List<String> told =
        counts.entrySet().stream()
            .map(
                each ->
                    "%s, with %s, will have %s"
                        .formatted(
                            each.getKey(),
                            find(each.getKey()).map(node -> node.slots).orElse("nothing"),
                            each.getValue().text()))
            .toList();
    request
        .answer()
        .complete(
            new Done(
                String.join("; ", told)
                    + "; who is at work finishes it first (until the node's process ends)"));
  }

  private Optional<Node> find(String name) {
    return nodes.stream()
        .filter(node -> node.name.equals(name) || node.hostPort().equals(name))
        .findFirst();
  }

  private Unable unknown(String name) {
    return new Unable(
        "there is no node \"%s\"; %s"
            .formatted(name, nodes.isEmpty() ? "the run has none now" : "the nodes are " + nodes));
  }
}

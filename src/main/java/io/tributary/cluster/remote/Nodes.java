package io.tributary.cluster.remote;

import io.tributary.cluster.membership.NodeEvent;
import io.tributary.cluster.membership.NodeEvent.NodeGone;
import io.tributary.cluster.membership.NodeEvent.NodeReachable;
import io.tributary.cluster.membership.NodeEvent.NodeUnreachable;
import io.tributary.cluster.membership.NodeEvent.NodeUp;
import io.tributary.cluster.remote.RemoteWorker.Availability;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToTrainer;
import io.tributary.cluster.wire.ToTrainer.Hello;
import io.tributary.cluster.wire.ToTrainer.Leaving;
import io.tributary.cluster.wire.ToTrainer.Pong;
import io.tributary.cluster.wire.ToTrainer.Ready;
import io.tributary.data.NodeState;
import io.tributary.metrics.Label.RefusalReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.UniqueAddress;

/**
 * The trainer's register of nodes: admits those that may work for the run, and has a {@link
 * NodeLink} for each. Every message of a handshake may come more than once.
 */
public final class Nodes extends AbstractBehavior<Object> {

  /** The name of this actor, under which nodes find it. */
  public static final String NAME = "nodes";

  /** What admission depends on. */
  public interface Admission {

    /** Why a node may not take part; empty if it may. */
    Optional<Refusal> objection(Hello hello);

    /** What a node needs to begin. */
    ToNode.Welcome welcome(Hello hello);

    /** Why a node that has loaded everything may not take part; empty if it may. */
    Optional<Refusal> objection(Ready ready);

    /** Whether a node computes the same bits as the trainer. */
    boolean isAlike(Ready ready);
  }

  /**
   * A node may not take part.
   *
   * @param text the reason in words
   */
  public record Refusal(RefusalReason reason, String text) {}

  private record LinkEnded(Node node) {}

  private static final String LINK_FAILED = "what the trainer has for this node has failed";
  private static final Duration AGAIN = Duration.ofSeconds(3);

  private final Admission admission;
  private final Leases leases;
  private final ActorRef<RemoteWorker.Publish> files;
  private final int maxNodes;
  private final NodeRecords records;
  private final DrawAudit audit;
  private final NodeNews news;
  private final Map<Address, Node> nodes = new LinkedHashMap<>();
  private final NodeOrders orders = new NodeOrders(nodes.values());
  private final Set<UniqueAddress> present = new HashSet<>();
  private long links;
  private final List<String> names = new ArrayList<>(); // of the places that are taken

  /**
   * The register.
   *
   * @param files makes weights files for nodes to fetch
   * @param maxNodes most nodes at a time
   * @param records what is known of the nodes is entered here
   * @param operator is told in a line what happens to nodes; must not block
   * @param notes hears what becomes of nodes
   * @param audit of what their samplers draw
   */
  public static Behavior<Object> create(
      Admission admission,
      Leases leases,
      ActorRef<RemoteWorker.Publish> files,
      int maxNodes,
      NodeRecords records,
      Consumer<String> operator,
      ActorRef<NodeNote> notes,
      DrawAudit audit) {
    return Behaviors.setup(
        context ->
            new Nodes(
                context, admission, leases, files, maxNodes, records, operator, notes, audit));
  }

  private Nodes(
      ActorContext<Object> context,
      Admission admission,
      Leases leases,
      ActorRef<RemoteWorker.Publish> files,
      int maxNodes,
      NodeRecords records,
      Consumer<String> operator,
      ActorRef<NodeNote> notes,
      DrawAudit audit) {
    super(context);
    context.setLoggerName(Nodes.class);
    this.admission = admission;
    this.leases = leases;
    this.files = files;
    this.maxNodes = maxNodes;
    this.records = records;
    this.audit = audit;
    this.news = new NodeNews(operator, notes);
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Hello.class, hello -> then(() -> hello(hello)))
        .onMessage(Ready.class, ready -> then(() -> ready(ready)))
        .onMessage(
            Leaving.class,
            leaving -> then(() -> known(leaving).ifPresent(n -> leaving(n, leaving.reason()))))
        .onMessage(
            Pong.class,
            pong ->
                then(
                    () ->
                        known(pong)
                            .ifPresent(n -> n.tell(new NodeLink.Answered(pong.sentNanos())))))
        .onMessage(NodeRequest.Drain.class, asked -> then(() -> orders.drain(asked)))
        .onMessage(NodeRequest.Dismiss.class, asked -> then(() -> orders.dismiss(asked)))
        .onMessage(NodeRequest.Resize.class, asked -> then(() -> orders.resize(asked)))
        .onMessage(NodeUp.class, up -> then(() -> present.add(up.node())))
        .onMessage(
            NodeUnreachable.class, event -> then(() -> change(event, Availability.UNREACHABLE)))
        .onMessage(NodeReachable.class, event -> then(() -> change(event, Availability.AVAILABLE)))
        .onMessage(NodeGone.class, event -> then(() -> gone(event)))
        .onMessage(LinkEnded.class, ended -> then(() -> linkEnded(ended.node())))
        .build();
  }

  private Behavior<Object> then(Runnable action) {
    action.run();
    return this;
  }

  private void hello(Hello hello) {
    Address address = address(hello);
    Optional<UniqueAddress> member = present(address);
    if (member.isEmpty()) {
      return; // it is gone already, or says it again when it is heard to have joined
    }
    Node known = nodes.get(address);
    if (known != null && !known.ref.equals(hello.node())) {
      gone(known, NodeEvent.Reason.REPLACED);
      known = null;
    }
    Optional<Refusal> objection =
        known != null || nodes.size() < maxNodes ? admission.objection(hello) : Optional.of(full());
    if (objection.isPresent()) {
      refuse(hello, objection.get());
      return;
    }
    if (known == null) {
      String name = place();
      nodes.put(address, new Node(name, member.get(), hello.node(), records.welcomed(name, hello)));
    }
    hello.node().tell(admission.welcome(hello)); // again if the first answer was lost
  }

  private Refusal full() {
    return new Refusal(
        RefusalReason.FULL,
        "the run has %d nodes, cluster.max-nodes allows no more".formatted(maxNodes));
  }

  private void refuse(ToTrainer from, Refusal refusal) {
    records.refused(refusal.reason());
    news.refused(address(from), refusal.text());
    from.node().tell(new ToNode.Refused(refusal.text()));
  }

  /** A name that no present node has, from a bounded set: it is a label of metrics. */
  private String place() {
    int i = 0;
    while (names.contains("node-" + i)) {
      i++;
    }
    names.add("node-" + i);
    return "node-" + i;
  }

  private void ready(Ready ready) {
    Optional<Node> known = known(ready);
    Optional<Refusal> objection = admission.objection(ready);
    if (ready.epoch() == leases.epoch()
        && objection.isPresent()
        && known.map(node -> node.link == null).orElse(true)) {
      refuse(ready, objection.get()); // again and again: it waits, and its place is free
      known.ifPresent(this::forgetRefused);
      return;
    }
    if (known.isEmpty() || ready.epoch() != leases.epoch()) {
      ready.node().tell(new ToNode.Dismissed("the trainer does not know this node any more"));
      return;
    }
    Node node = known.get();
    if (node.link == null) {
      node.link =
          getContext()
              .spawn(
                  NodeLink.create(node.ref, leases, files, node.record, audit),
                  node.name + "." + links++); // one that is gone has its name for a while
      getContext().watchWith(node.link, new LinkEnded(node));
    }
    if (ready.offer() > node.offer) {
      node.offer = ready.offer();
      node.slots = slots(ready);
      node.record.admitted(ready, admission.isAlike(ready));
      node.tell(new NodeLink.Offered(ready.slots()));
      news.offered(node);
    }
    node.ref.tell(new ToNode.Admitted(leases.epoch(), ready.offer(), node.name));
  }

  private void forgetRefused(Node node) {
    records.forget(node.record);
    forget(node);
  }

  private static String slots(Ready ready) {
    long samplers = ready.slots().stream().filter(slot -> slot.kind() == SlotKind.SAMPLER).count();
    return NodeRequest.count(samplers, "sampler")
        + " and "
        + NodeRequest.count(ready.slots().size() - samplers, "scorer");
  }

  private void leaving(Node node, String reason) {
    if (node.farewell == null) {
      node.farewell = reason;
      change(node, Availability.LEAVING);
    }
  }

  private void gone(NodeGone event) {
    present.remove(event.node());
    Node node = nodes.get(event.node().address());
    if (node != null) {
      gone(node, event.reason());
    }
  }

  /** As it does some time after its node is gone; otherwise it has failed, and so has the node. */
  private void linkEnded(Node node) {
    if (nodes.get(node.address) == node) {
      node.record.dismissed(LINK_FAILED);
      gone(node, NodeEvent.Reason.UNREACHABLE);
    }
    if (!nodes.containsKey(node.address) && present.contains(node.member)) {
      node.ref.tell(new ToNode.Dismissed(LINK_FAILED));
      getContext()
          .scheduleOnce(AGAIN, getContext().getSelf(), new LinkEnded(node)); // it may be lost
    }
  }

  private Optional<UniqueAddress> present(Address address) {
    return present.stream().filter(node -> node.address().equals(address)).findFirst();
  }

  private void gone(Node node, NodeEvent.Reason reason) {
    records.gone(node.record, reason);
    news.gone(node, reason);
    forget(node);
  }

  private void forget(Node node) {
    node.tell(NodeLink.Gone.INSTANCE);
    nodes.remove(node.address);
    names.remove(node.name);
  }

  private void change(NodeEvent event, Availability availability) {
    Node node = nodes.get(event.node().address());
    if (node != null) {
      change(node, availability);
    }
  }

  private void change(Node node, Availability availability) {
    news.changed(node.name, availability);
    if (node.link == null) {
      node.record.state(
          switch (availability) {
            case AVAILABLE -> NodeState.JOINING;
            case LEAVING -> NodeState.LEAVING;
            case UNREACHABLE -> NodeState.UNREACHABLE;
          });
    }
    node.tell(new NodeLink.Change(availability));
  }

  private Optional<Node> known(ToTrainer message) {
    return Optional.ofNullable(nodes.get(address(message)))
        .filter(node -> node.ref.equals(message.node()));
  }

  private static Address address(ToTrainer message) {
    return message.node().path().address();
  }
}

package io.tributary.cluster.remote;

import io.tributary.cluster.wire.ToNode;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.UniqueAddress;
import org.jspecify.annotations.Nullable;

/** A node that has said hello and may take part. For the thread of {@link Nodes}. */
final class Node {
  final String name;
  final Address address;

  /** This start of it; another one may have the same address. */
  final UniqueAddress member;

  final ActorRef<ToNode> ref;
  final NodeRecord record;

  /** Null until it is admitted. */
  @Nullable ActorRef<NodeLink.Command> link;

  /** Number of its latest offer of slots; 0 before the first. */
  int offer;

  /** The slots of that offer, in words. */
  String slots = "nothing";

  /** Why it leaves, if it has said so. */
  @Nullable String farewell;

  Node(String name, UniqueAddress member, ActorRef<ToNode> ref, NodeRecord record) {
    this.name = name;
    this.address = member.address();
    this.member = member;
    this.ref = ref;
    this.record = record;
  }

  void tell(NodeLink.Command command) {
    if (link != null) {
      link.tell(command);
    }
  }

  /** Host and port. */
  String hostPort() {
    return hostPort(address);
  }

  static String hostPort(Address address) {
    return address.hostPort().substring(address.hostPort().indexOf('@') + 1);
  }

  @Override
  public String toString() {
    return "%s (%s)".formatted(name, hostPort());
  }
}

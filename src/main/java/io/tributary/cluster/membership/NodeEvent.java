package io.tributary.cluster.membership;

import org.apache.pekko.cluster.UniqueAddress;

/** What happens to a worker's node, as the trainer sees it. */
public sealed interface NodeEvent {
  /** The node: address and incarnation. A process that is started again is another node. */
  UniqueAddress node();

  /** It has joined. */
  record NodeUp(UniqueAddress node) implements NodeEvent {}

  /** It is silent. */
  record NodeUnreachable(UniqueAddress node) implements NodeEvent {}

  /** It is heard again. */
  record NodeReachable(UniqueAddress node) implements NodeEvent {}

  /** It will not come back; nothing more is said of it. */
  record NodeGone(UniqueAddress node, Reason reason) implements NodeEvent {}

  /** Why a node is gone. */
  enum Reason {
    /** It has left in order. */
    LEFT("it has left"),
    /** It stayed unreachable and was removed. */
    UNREACHABLE("it stayed unreachable"),
    /** It gave up, or a new process has its address. */
    REPLACED("it ended, or was started again");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** In words. */
    public String text() {
      return text;
    }
  }
}

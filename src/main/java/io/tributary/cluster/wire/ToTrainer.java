package io.tributary.cluster.wire;

import java.util.List;
import java.util.OptionalInt;
import org.apache.pekko.actor.typed.ActorRef;

/** What a node, the process of a worker, tells the trainer. */
public sealed interface ToTrainer extends WireMessage {

  /** The oldest protocol that this build speaks. */
  int OLDEST_PROTOCOL = 3;

  /** The newest protocol that this build speaks. */
  int NEWEST_PROTOCOL = 3;

  /** Who says it. */
  ActorRef<ToNode> node();

  /**
   * A node wants to work; sent again until it is answered.
   *
   * @param build version of the program, for people
   * @param metrics URI at which the node serves metrics; empty if others can't reach it
   * @param token what the operator gave workers to show that they belong to this run; may be empty
   */
  record Hello(
      int oldestProtocol,
      int newestProtocol,
      String build,
      String metrics,
      String token,
      ActorRef<ToNode> node)
      implements ToTrainer {

    /**
     * The newest protocol that both sides speak.
     *
     * @param oldest that the other side speaks
     * @param newest that it speaks
     * @return empty if there is none
     */
    public OptionalInt protocolWith(int oldest, int newest) {
      int common = Math.min(newestProtocol, newest);
      return common >= Math.max(oldestProtocol, oldest)
          ? OptionalInt.of(common)
          : OptionalInt.empty();
    }

    /** Without the token. */
    @Override
    public String toString() {
      return "Hello[node=%s, build=%s]".formatted(node, build);
    }
  }

  /**
   * A place for one sampler or scorer.
   *
   * @param device such as {@code cpu} or {@code gpu:0}
   */
  record OfferedSlot(SlotKind kind, String device, ActorRef<ToSlot> slot) {}

  /**
   * The node has fetched and loaded what it needs, or its slots have changed; sent again until it
   * is admitted or refused.
   *
   * @param offer counts these messages of the node: its slots are those of the latest
   * @param numerics class of its arithmetic: equal for nodes that compute the same bits
   * @param slots all that it has
   */
  record Ready(
      long epoch, int offer, String numerics, List<OfferedSlot> slots, ActorRef<ToNode> node)
      implements ToTrainer {
    public Ready {
      slots = List.copyOf(slots);
    }
  }

  /**
   * The node takes no further work, and leaves when it is done with what it has.
   *
   * @param reason in words, for people
   */
  record Leaving(String reason, ActorRef<ToNode> node) implements ToTrainer {}

  /** The answer to {@link ToNode.Ping}. */
  record Pong(long sentNanos, ActorRef<ToNode> node) implements ToTrainer {}
}

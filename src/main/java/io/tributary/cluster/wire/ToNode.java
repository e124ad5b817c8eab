package io.tributary.cluster.wire;

import io.tributary.cluster.transfer.Manifest;
import java.time.Duration;
import java.util.List;

/** What the trainer tells a node. */
public sealed interface ToNode extends WireMessage {

  /**
   * The node may work for this run.
   *
   * @param epoch identifies this start of the trainer
   * @param protocol the newest that both speak
   * @param run name of the run
   * @param configuration of the run, as HOCON; paths in it are names of {@code files}
   * @param files all that the configuration refers to
   * @param source URI of the trainer's file server
   * @param secret bearer token for it
   * @param acceptableHeartbeatPause silence after which a node counts as unreachable
   * @param stableAfter time after which the trainer removes an unreachable node
   */
  record Welcome(
      long epoch,
      int protocol,
      String run,
      String configuration,
      List<Manifest> files,
      String source,
      String secret,
      Duration acceptableHeartbeatPause,
      Duration stableAfter)
      implements ToNode {
    public Welcome {
      files = List.copyOf(files);
    }

    /** Without configuration and secret. */
    @Override
    public String toString() {
      return "Welcome[run=%s, epoch=%d]".formatted(run, epoch);
    }
  }

  /** The node can't work for this run. */
  record Refused(String reason) implements ToNode {}

  /**
   * The node's slots get work from now on.
   *
   * @param offer number of the {@link ToTrainer.Ready} that this answers
   * @param name what the node is called in metrics and status
   */
  record Admitted(long epoch, int offer, String name) implements ToNode {}

  /** To be answered at once, with the same number. */
  record Ping(long sentNanos) implements ToNode {}

  /** The node shall end what it is at, leave, and not be started again; sent until it is gone. */
  record Drain(String reason) implements ToNode {}

  /**
   * The node shall have at least so many slots of each kind; sent again until it offers them. What
   * is too many is {@link ToSlot.Release released}.
   */
  record Provide(int samplers, int scorers) implements ToNode {}

  /** The node shall end; its supervisor may start it again. Sent until it is gone. */
  record Dismissed(String reason) implements ToNode {}
}

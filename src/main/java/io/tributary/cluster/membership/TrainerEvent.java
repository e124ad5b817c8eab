package io.tributary.cluster.membership;

import org.apache.pekko.actor.Address;

/** What happens to the trainer, as a worker sees it. */
public sealed interface TrainerEvent {
  /** This node has joined, or the trainer is heard again. */
  record TrainerUp(Address trainer) implements TrainerEvent {}

  /** It is silent. */
  enum TrainerUnreachable implements TrainerEvent {
    INSTANCE
  }

  /**
   * This node can't be part of the cluster any more; nothing more is said. The process has to end,
   * with {@link #EXIT_CODE}, and to be started again by its supervisor to join anew.
   *
   * @param reason in words, for the log
   */
  record TrainerLost(String reason) implements TrainerEvent {
    /** Exit code of the process: EX_TEMPFAIL of sysexits.h, try again. */
    public static final int EXIT_CODE = 75;
  }
}

package io.tributary.cluster.membership;

import io.tributary.cluster.membership.TrainerEvent.TrainerLost;
import io.tributary.cluster.membership.TrainerEvent.TrainerUnreachable;
import io.tributary.cluster.membership.TrainerEvent.TrainerUp;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.Address;
import org.jspecify.annotations.Nullable;

/**
 * What a worker concludes from the trainer's answers and from their absence. Times are those of an
 * {@link AwakeClock}. Not thread-safe.
 */
final class TrainerSilence {
  /** In times that the trainer takes to remove a node. */
  private static final int PATIENCE = 2;

  private final Address trainer;
  private Duration pause;
  private Duration end;
  private @Nullable Integer incarnation;
  private Duration heard;
  private boolean reachable = true;

  /**
   * A silence that begins when this node has joined, which it can't without the trainer.
   *
   * @param pause after which the trainer counts as unreachable
   * @param stableAfter time after which the trainer would remove an unreachable node
   */
  TrainerSilence(Address trainer, Duration pause, Duration stableAfter, Duration now) {
    this.trainer = trainer;
    patience(pause, stableAfter);
    this.heard = now;
  }

  /** Other times from now on; see the constructor. */
  void patience(Duration newPause, Duration stableAfter) {
    pause = newPause;
    end = newPause.plus(stableAfter.multipliedBy(PATIENCE));
  }

  /**
   * The trainer has answered.
   *
   * @param from differs from before if another process has its address
   */
  Optional<TrainerEvent> answered(int from, Duration now) {
    if (incarnation != null && incarnation != from) {
      return Optional.of(new TrainerLost("the trainer was started again"));
    }
    incarnation = from;
    heard = now;
    if (reachable) {
      return Optional.empty();
    }
    reachable = true;
    return Optional.of(new TrainerUp(trainer));
  }

  /** Whether the silence has become too long. */
  Optional<TrainerEvent> check(Duration now) {
    Duration silence = now.minus(heard);
    if (silence.compareTo(end) >= 0) {
      return Optional.of(
          new TrainerLost(
              "nothing was heard from the trainer for %s s".formatted(end.toMillis() / 1e3)));
    }
    if (!reachable || silence.compareTo(pause) < 0) {
      return Optional.empty();
    }
    reachable = false;
    return Optional.of(TrainerUnreachable.INSTANCE);
  }
}

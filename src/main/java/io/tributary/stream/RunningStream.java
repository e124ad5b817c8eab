package io.tributary.stream;

import io.tributary.data.Paused;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.stream.UniqueKillSwitch;

/** Controls a running training stream. */
public final class RunningStream {
  private final StreamSettings settings;
  private final UniqueKillSwitch admission;
  private final UniqueKillSwitch end;
  private final CompletionStage<Done> completion;

  RunningStream(
      StreamSettings settings,
      UniqueKillSwitch admission,
      UniqueKillSwitch end,
      CompletionStage<Done> completion) {
    this.settings = settings;
    this.admission = admission;
    this.end = end;
    this.completion = completion;
  }

  /**
   * Completes after the last step, a {@link #drain} or a {@link #stop}; fails with the cause when a
   * stage fails.
   */
  public CompletionStage<Done> completion() {
    return completion;
  }

  /**
   * Bounds the staleness of draws admitted from now on; those in flight are learned however stale
   * they get.
   */
  public void maxStaleness(int steps) {
    settings.maxStaleness(steps);
  }

  /**
   * Pauses these sides and resumes the others. While sampling is paused, what is in flight is
   * learned; while learning is paused, draws are made up to the bound on staleness.
   */
  public void pause(Paused sides) {
    settings.pause(sides);
  }

  /**
   * Admits no further draw and ends every pause; what is in flight is finished, and learned as far
   * as it fills batches.
   */
  public void drain() {
    admission.shutdown();
    settings.pause(Paused.NONE);
  }

  /** Ends at once and discards what is in flight. Also ends a drain that takes too long. */
  public void stop() {
    end.shutdown();
  }
}

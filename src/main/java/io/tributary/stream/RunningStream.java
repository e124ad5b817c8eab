package io.tributary.stream;

import io.tributary.data.Paused;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.stream.UniqueKillSwitch;

/** Control over a training stream that runs. */
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
   * Completes after the last step, after {@link #drain} or {@link #stop}; fails with the cause when
   * a stage does.
   */
  public CompletionStage<Done> completion() {
    return completion;
  }

  /**
   * Bounds the staleness of draws that are admitted from now on; those under way are learned
   * however stale they get.
   */
  public void maxStaleness(int steps) {
    settings.maxStaleness(steps);
  }

  /**
   * Pauses these sides, and lets those that are not named go on. While sampling is paused, what is
   * in flight is learned; while learning is paused, draws are made up to the bound on staleness.
   */
  public void pause(Paused sides) {
    settings.pause(sides);
  }

  /**
   * Admits no further draw, ends every pause; what is in flight is finished, and learned as far as
   * it fills batches.
   */
  public void drain() {
    admission.shutdown();
    settings.pause(Paused.NONE);
  }

  /** Ends at once; what is in flight is let go. Also ends a drain that takes too long. */
  public void stop() {
    end.shutdown();
  }
}

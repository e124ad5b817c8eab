package io.tributary.pipeline;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.stream.UniqueKillSwitch;

/** Control over a training stream that runs. */
public final class RunningStream {
  private final UniqueKillSwitch admission;
  private final UniqueKillSwitch end;
  private final CompletionStage<Done> completion;

  RunningStream(
      UniqueKillSwitch admission, UniqueKillSwitch end, CompletionStage<Done> completion) {
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
   * Admits no further draw; what is in flight is finished, and learned as far as it fills batches.
   */
  public void drain() {
    admission.shutdown();
  }

  /** Ends at once; what is in flight is let go. Also ends a drain that takes too long. */
  public void stop() {
    end.shutdown();
  }
}

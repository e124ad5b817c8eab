package io.tributary.stream;

import io.tributary.data.Paused;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What of a stream can be changed while it runs, the bound on staleness and pauses: its stages read
 * it, and are told when it has changed. Safe for use by several threads.
 */
final class StreamSettings {
  private final List<Runnable> stages = new CopyOnWriteArrayList<>();
  private volatile StreamPlan plan;
  private volatile Paused paused;

  StreamSettings(StreamPlan plan, Paused paused) {
    this.plan = plan;
    this.paused = paused;
  }

  /** The plan with the bound on staleness as it is now. */
  StreamPlan plan() {
    return plan;
  }

  Paused paused() {
    return paused;
  }

  /** A stage has this called, on any thread, whenever something has changed. */
  void onChange(Runnable stage) {
    stages.add(stage);
  }

  void maxStaleness(int steps) {
    plan = plan.withMaxStalenessSteps(steps);
    stages.forEach(Runnable::run);
  }

  void pause(Paused sides) {
    paused = sides;
    stages.forEach(Runnable::run);
  }
}

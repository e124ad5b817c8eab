package io.tributary.stream;

import io.tributary.data.Paused;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The settings that can change while a stream runs: the bound on staleness, and pauses. Its stages
 * read them, and are notified of changes. Safe for use by several threads.
 */
final class StreamSettings {
  private final List<Runnable> stages = new CopyOnWriteArrayList<>();
  private volatile StreamPlan plan;
  private volatile Paused paused;

  StreamSettings(StreamPlan plan, Paused paused) {
    this.plan = plan;
    this.paused = paused;
  }

  /** The plan with the current bound on staleness. */
  StreamPlan plan() {
    return plan;
  }

  Paused paused() {
    return paused;
  }

  /** Registers a stage, to be called on any thread after every change. */
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

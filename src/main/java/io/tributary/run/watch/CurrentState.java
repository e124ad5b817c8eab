package io.tributary.run.watch;

import io.tributary.data.Paused;
import io.tributary.data.ServiceState;
import io.tributary.metrics.ServiceMetrics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the service is doing, and what is paused. For one thread at a time. */
final class CurrentState {
  private static final Logger LOG = LoggerFactory.getLogger(CurrentState.class);

  private final ServiceMetrics metrics;
  private ServiceState state = ServiceState.STARTING;
  private @Nullable String failure;
  private Paused paused = Paused.NONE;
  private boolean streaming;

  CurrentState(ServiceMetrics metrics) {
    this.metrics = metrics;
  }

  ServiceState get() {
    return state;
  }

  @Nullable String failure() {
    return failure;
  }

  Paused paused() {
    return paused;
  }

  void set(ServiceState newState, @Nullable String newFailure) {
    if (state != newState) {
      LOG.info("state {} -> {}", state, newState);
      metrics.state(newState);
    }
    state = newState;
    failure = newFailure;
  }

  /** The run goes back to its last checkpoint; a pause outlasts that. */
  void restarting() {
    streaming = false;
    if (state != ServiceState.PAUSED) {
      set(ServiceState.STARTING, null);
    }
  }

  /** Sequences flow from now on. */
  void streamStarted() {
    streaming = true;
    if (state == ServiceState.STARTING) {
      set(ServiceState.RUNNING, null);
    }
  }

  /**
   * These sides are paused from now on, and no others.
   *
   * @return whether that ends a pause
   */
  boolean pause(Paused sides) {
    metrics.paused(sides.any());
    boolean resumes = !sides.any() && state == ServiceState.PAUSED;
    if (sides.any()) {
      set(ServiceState.PAUSED, null);
    } else if (resumes) {
      set(streaming ? ServiceState.RUNNING : ServiceState.STARTING, null);
    }
    paused = sides;
    return resumes;
  }

  /** Shows which side waits, unless the service is draining, paused or has failed. */
  void stepped(WaitingShares waiting) {
    if (state != ServiceState.DRAINING
        && state != ServiceState.FAILED
        && state != ServiceState.PAUSED) {
      set(waiting.state(), null);
    }
  }

  /** Whether steps are to be expected. */
  boolean isWorking() {
    return state == ServiceState.RUNNING
        || state == ServiceState.THROTTLED
        || state == ServiceState.WAITING_FOR_DATA;
  }
}

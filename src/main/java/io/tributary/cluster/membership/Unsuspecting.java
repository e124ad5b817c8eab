package io.tributary.cluster.membership;

import com.typesafe.config.Config;
import org.apache.pekko.event.EventStream;
import org.apache.pekko.remote.FailureDetector;

/**
 * A worker's failure detector: it never suspects anyone, since the trainer alone judges. Pekko
 * makes it by its class name.
 */
public final class Unsuspecting implements FailureDetector {
  private volatile boolean monitoring;

  public Unsuspecting(Config config, EventStream events) {}

  @Override
  public boolean isAvailable() {
    return true;
  }

  @Override
  public boolean isMonitoring() {
    return monitoring;
  }

  @Override
  public void heartbeat() {
    monitoring = true;
  }
}

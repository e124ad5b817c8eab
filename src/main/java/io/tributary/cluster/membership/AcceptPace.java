package io.tributary.cluster.membership;

import com.typesafe.config.Config;
import io.tributary.io.RateLimit;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/**
 * The executor of the actors that take connections to a node's port into service, open connections
 * to others, and notice the end of either. What they do in a second is bounded, since a connection
 * costs milliseconds of a processor, from whomever it comes: further ones wait in the operating
 * system's queue, while those that stand are not concerned. Pekko makes it by the name in
 * application.conf.
 *
 * <p>A connection from elsewhere takes a task, one to elsewhere two, and the end of either one or
 * two. A node that was cut off, or was killed and joins again, makes about twenty of them.
 */
public final class AcceptPace extends ExecutorServiceConfigurator {
  static final String SECTION = "tributary-accept.";
  private static final String PER_SECOND = "tasks-per-second";
  private static final String AT_ONCE = "tasks-at-once";
  private static final int TASKS_OF_NODE = 24;

  private final RateLimit pace;

  /** Called by Pekko. */
  public AcceptPace(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    this.pace = new RateLimit(config.getLong(PER_SECOND), config.getLong(AT_ONCE));
  }

  /**
   * Settings for a trainer, to which all nodes may come back at the same time. How much there is
   * room for at once grows with them, but not what a lasting flood can take.
   *
   * @param nodes most that it has
   */
  static Map<String, Object> ofTrainer(int nodes) {
    return Map.of(SECTION + AT_ONCE, 512 + TASKS_OF_NODE * nodes);
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    return () -> new Paced(threads, pace);
  }

  private static final class Paced extends ThreadPoolExecutor {
    private final RateLimit pace;

    Paced(ThreadFactory threads, RateLimit pace) {
      super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
      this.pace = pace;
    }

    @Override
    protected void beforeExecute(Thread thread, Runnable task) {
      try {
        pace.take(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // it is shut down
      }
    }
  }
}

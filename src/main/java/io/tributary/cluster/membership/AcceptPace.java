package io.tributary.cluster.membership;

import com.typesafe.config.Config;
import io.tributary.io.RateLimit;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/**
 * The executor of the actor that accepts connections to a node's port: how many it accepts in a
 * second is bounded, since each takes milliseconds of a processor, from whomever it comes. Others
 * wait in the operating system's queue; connections that stand are not concerned. Pekko makes it by
 * the name in application.conf.
 */
public final class AcceptPace extends ExecutorServiceConfigurator {
  /** Connections, as long as a flood of them lasts. */
  static final int PER_SECOND = 15;

  /** Connections at once: those of all nodes when a trainer is back, each of which has a few. */
  static final int BURST = 256;

  /** Accepting a connection, and asking for the next one. */
  static final int TASKS_OF_ONE = 2;

  /** Called by Pekko. */
  public AcceptPace(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    return () -> new Paced(threads, new RateLimit(TASKS_OF_ONE * PER_SECOND, TASKS_OF_ONE * BURST));
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

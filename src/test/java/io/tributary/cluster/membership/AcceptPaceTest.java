package io.tributary.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;

class AcceptPaceTest {
  private static final int NODES = 2;
  private static final Config SETTINGS =
      ConfigFactory.parseMap(AcceptPace.ofTrainer(NODES))
          .withFallback(ConfigFactory.load())
          .getConfig("tributary-accept");

  private final ExecutorService executor =
      new AcceptPace(SETTINGS, null)
          .createExecutorServiceFactory("accept", Thread::new)
          .createExecutorService();

  private double seconds(int tasks) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(tasks);
    long start = System.nanoTime();
    for (int i = 0; i < tasks; i++) {
      executor.execute(done::countDown);
    }
    done.await();
    return (System.nanoTime() - start) / 1e9;
  }

  @Test
  void afterABurstConnectionsComeAtTheirPace() throws Exception {
    assertThat(seconds(SETTINGS.getInt("tasks-at-once"))).isLessThan(1);
    assertThat(seconds(2 * SETTINGS.getInt("tasks-per-second"))).isGreaterThan(1);
    assertThat(executor.shutdownNow()).isEmpty();
  }
}

package io.tributary.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;

class AcceptPaceTest {
  private final ExecutorService executor =
      new AcceptPace(ConfigFactory.empty(), null)
          .createExecutorServiceFactory("accept", Thread::new)
          .createExecutorService();

  private double seconds(int connections) throws InterruptedException {
    int tasks = connections * AcceptPace.TASKS_OF_ONE;
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
    assertThat(seconds(AcceptPace.BURST)).isLessThan(1);
    assertThat(seconds(2 * AcceptPace.PER_SECOND)).isGreaterThan(1);
    assertThat(executor.shutdownNow()).isEmpty();
  }
}

package io.tributary.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  @Test
  void withoutALimitNobodyWaits() throws InterruptedException {
    assertThat(new RateLimit(0, 1).take(Long.MAX_VALUE)).isZero();
  }

  @Test
  void whatExceedsTheBurstTakesItsTime() throws InterruptedException {
    RateLimit limit = new RateLimit(1000, 100);
    long start = System.nanoTime();

    for (int i = 0; i < 30; i++) {
      limit.take(10);
    }

    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(195));
  }

  @Test
  void aPauseSavesUpNoMoreThanTheBurst() throws InterruptedException {
    RateLimit limit = new RateLimit(1000, 10);
    Thread.sleep(100);

    long start = System.nanoTime();
    limit.take(60);

    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(45));
  }

  @Test
  void theRateCanBeChanged() throws InterruptedException {
    RateLimit limit = new RateLimit(1, 1);
    limit.setRate(0);

    assertThat(limit.take(1000)).isZero();
    assertThatThrownBy(() -> limit.setRate(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}

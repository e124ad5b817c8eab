package io.tributary.tools.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.tools.pretrain.Pretrainer.Progress;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final AtomicLong clock = new AtomicLong();
  private final Pace pace = new Pace(10, clock::get);

  private Progress progress(long step) {
    return pace.progress(step, 1e-3, OptionalDouble.empty());
  }

  @Test
  void lossSpeedAndTheTimeLeftAreOfTheStepsSinceTheLastReport() {
    clock.addAndGet(Duration.ofSeconds(4).toNanos());
    pace.add(300, 100);
    pace.add(500, 100);
    assertThat(progress(2).loss()).isEqualTo(4);
    assertThat(progress(2).tokensPerSecond()).isEqualTo(50);
    assertThat(progress(2).remaining()).isEqualTo(Duration.ofSeconds(16));

    pace.restart();
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    pace.add(200, 100);
    assertThat(progress(3).loss()).isEqualTo(2);
    assertThat(progress(3).tokensPerSecond()).isEqualTo(100);
    assertThat(progress(3).remaining()).isEqualTo(Duration.ofSeconds(7));
  }
}

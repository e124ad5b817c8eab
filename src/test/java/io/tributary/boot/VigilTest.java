package io.tributary.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.protocol.LearnerEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.Test;

class VigilTest {
  private final AtomicLong now = new AtomicLong();
  private final Vigil vigil =
      new Vigil(Duration.ofSeconds(10), Duration.ofSeconds(30), () -> now.get());

  private void pass(long seconds) {
    now.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void workWithoutASignOfLifeIsComplainedOf() {
    vigil.streamStarted();
    vigil.hear(LearnerEvent.Active.INSTANCE);
    pass(39);
    vigil.hear(LearnerEvent.Active.INSTANCE);
    pass(40);
    assertThat(vigil.complaint(3)).isEmpty();
    pass(1);
    assertThat(vigil.complaint(3).orElseThrow())
        .hasMessageContaining("neither the learner nor the evaluator has shown progress for 41 s");
  }

  @Test
  void aLearnerThatWaitsForDataMayWait() {
    vigil.streamStarted();
    vigil.hear(LearnerEvent.Active.INSTANCE);
    vigil.hear(new LearnerEvent.Idle(5));
    vigil.hear(new LearnerEvent.CheckpointFailed(5, "asked for, with a full disk"));
    pass(100_000);
    assertThat(vigil.complaint(3)).isEmpty();
  }

  @Test
  void whatNeverGetsReadyIsComplainedOf() {
    pass(41);
    assertThat(vigil.complaint(0)).isPresent();
    vigil.begin();
    assertThat(vigil.complaint(0)).isEmpty();
  }

  @Test
  void aStreamThatWaitsForEverForAConfirmationIsComplainedOf() {
    ActorTestKit kit = ActorTestKit.create();
    try {
      vigil.hear(new LearnerEvent.Ready(kit.system().ignoreRef(), 3, false));
      pass(120);
      assertThat(vigil.complaint(3)).isEmpty();
      pass(1);
      assertThat(vigil.complaint(3).orElseThrow())
          .hasMessageContaining("no sampler has confirmed proposal 3 within 121 s");
      vigil.streamStarted();
      assertThat(vigil.complaint(3)).isEmpty();
    } finally {
      kit.shutdownTestKit();
    }
  }
}

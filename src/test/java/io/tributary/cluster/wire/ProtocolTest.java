package io.tributary.cluster.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Trainer and workers of different builds. */
class ProtocolTest {
  private static final ActorTestKit KIT = ActorTestKit.create();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private static OptionalInt common(
      int oldestOfWorker, int newestOfWorker, int oldestOfTrainer, int newestOfTrainer) {
    ActorRef<ToNode> node = KIT.<ToNode>createTestProbe().getRef();
    return new ToTrainer.Hello(oldestOfWorker, newestOfWorker, "build", "", "", node)
        .protocolWith(oldestOfTrainer, newestOfTrainer);
  }

  @Test
  void theNewestProtocolThatBothSpeakIsUsed() {
    assertThat(common(1, 1, 1, 1)).hasValue(1);
    assertThat(common(1, 1, 1, 2)).as("a worker of the build before").hasValue(1);
    assertThat(common(1, 3, 1, 2)).as("a worker of the next build").hasValue(2);
    assertThat(common(2, 4, 3, 5)).hasValue(4);
  }

  @Test
  void whereRangesDoNotMeetThereIsNone() {
    assertThat(common(1, 1, 2, 3)).as("a worker of too old a build").isEmpty();
    assertThat(common(3, 4, 1, 2)).as("a worker of too new a build").isEmpty();
    assertThat(common(2, 1, 1, 2)).as("no range at all").isEmpty();
  }
}

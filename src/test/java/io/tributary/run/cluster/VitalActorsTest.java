package io.tributary.run.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VitalActorsTest {
  private final ActorTestKit kit = ActorTestKit.create();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void theOneThatFailsIsNamed() throws Exception {
    ActorRef<String> one = kit.system().systemActorOf(Behaviors.ignore(), "one", Props.empty());
    ActorRef<String> other =
        kit.system()
            .systemActorOf(
                Behaviors.receiveMessage(
                    text -> {
                      throw new IllegalStateException(text);
                    }),
                "other",
                Props.empty());
    CompletableFuture<String> ended = new CompletableFuture<>();
    VitalActors.watch(kit.system(), List.of(one, other), ended::complete);

    other.tell("broken");

    assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo("other");
  }
}

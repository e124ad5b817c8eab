package io.tributary.run.cluster;

import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Actors without a parent of ours, without which a process can't do its part. */
final class VitalActors {
  private VitalActors() {}

  /**
   * Watches them.
   *
   * @param ended is told the name of one that has ended, which is regular while the system stops;
   *     must not block
   */
  static void watch(ActorSystem<?> system, List<ActorRef<?>> actors, Consumer<String> ended) {
    system.systemActorOf(
        Behaviors.<Void>setup(
            context -> {
              actors.forEach(context::watch);
              return Behaviors.receive(Void.class)
                  .onSignal(
                      Terminated.class,
                      signal -> {
                        ended.accept(signal.getRef().path().name());
                        return Behaviors.same();
                      })
                  .build();
            }),
        "watch-of-" + actors.get(0).path().name(),
        Props.empty());
  }
}

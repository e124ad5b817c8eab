package io.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.data.DrawKey;
import io.tributary.data.DrawOrder;
import io.tributary.protocol.WorkerEvent;
import io.tributary.protocol.WorkerLost;
import io.tributary.testing.stream.RecordedPool;
import java.lang.reflect.Constructor;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkerPoolCommandsTest {
  private static final ServiceKey<String> KEY = ServiceKey.create(String.class, "worker");

  static Class<?>[] commands() {
    return WorkerPool.Command.class.getPermittedSubclasses();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void every_command_is_handled(Class<?> command) throws ReflectiveOperationException {
    TestInbox<WorkerLost> guardian = TestInbox.create();
    BehaviorTestKit<WorkerPool.Command<Long, String>> pool =
        BehaviorTestKit.create(
            WorkerPool.create(
                new PoolSettings<Long, String, String>(
                    KEY,
                    k -> new DrawKey(DrawOrder.Purpose.TRAINING, k),
                    (k, replyTo) -> "work",
                    (k, proposal) -> k,
                    (k, result) -> Optional.empty(),
                    Duration.ofSeconds(1)),
                guardian.getRef(),
                new RecordedPool<>()));

    pool.run(message(command));

    assertThat(Behavior.isUnhandled(pool.returnedBehavior())).isFalse();
  }

  @SuppressWarnings("unchecked")
  private static WorkerPool.Command<Long, String> message(Class<?> command)
      throws ReflectiveOperationException {
    ActorRef<String> worker = TestInbox.<String>create().getRef();
    Map<Class<?>, Object> values =
        Map.of(
            Object.class,
            7L,
            CompletableFuture.class,
            new CompletableFuture<String>(),
            Receptionist.Listing.class,
            Receptionist.listing(KEY, Set.of(worker)),
            WorkerEvent.class,
            new WorkerEvent.Progressed<String>(7, worker),
            ActorRef.class,
            worker);
    Constructor<?> constructor = command.getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    Object[] arguments = Arrays.stream(constructor.getParameterTypes()).map(values::get).toArray();
    return (WorkerPool.Command<Long, String>) constructor.newInstance(arguments);
  }
}

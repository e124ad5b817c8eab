package io.tributary.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.membership.ClusterSystem.LargeMessages;
import io.tributary.config.ClusterConfig;
import io.tributary.testing.Waiting;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * A node without anything to do.
 *
 * @param <E> what it is told
 */
final class TestNode<E> implements AutoCloseable {
  static final LargeMessages LARGE = new LargeMessages(List.of("/user/pool"), 1 << 20);

  final List<E> events = new CopyOnWriteArrayList<>();
  final ActorSystem<Void> system;

  private TestNode(ClusterSystem node, Function<ActorRef<E>, Behavior<?>> watch) {
    this.system =
        node.start(
            Behaviors.setup(
                context -> {
                  ActorRef<E> listener =
                      context.spawn(
                          Behaviors.receiveMessage(
                              event -> {
                                events.add(event);
                                return Behaviors.same();
                              }),
                          "listener");
                  context.spawn(watch.apply(listener), "watch");
                  return Behaviors.empty();
                }));
  }

  static TestNode<NodeEvent> trainer(ClusterConfig.Node node) {
    return new TestNode<>(ClusterSystem.ofTrainer(node, LARGE, 8), NodeWatch::create);
  }

  static TestNode<TrainerEvent> worker(ClusterConfig.Node node, String host, int port) {
    return worker(ClusterSystem.ofWorker(node, LARGE), node, host, port);
  }

  static TestNode<TrainerEvent> worker(
      ClusterSystem system, ClusterConfig.Node node, String host, int port) {
    return new TestNode<>(system, listener -> TrainerWatch.create(node, host, port, listener));
  }

  UniqueAddress address() {
    return Cluster.get(system).selfMember().uniqueAddress();
  }

  int port() {
    return address().address().getPort().orElseThrow();
  }

  /** Waits until it has been told this, and nothing else. */
  @SafeVarargs
  @SuppressWarnings("varargs")
  final void expect(E... expected) {
    List<E> wanted = List.of(expected);
    Waiting.until(wanted + " rather than " + events, () -> events.size() >= wanted.size());
    assertThat(events).containsExactlyElementsOf(wanted);
  }

  @Override
  public void close() {
    ClusterSystem.stop(system).toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}

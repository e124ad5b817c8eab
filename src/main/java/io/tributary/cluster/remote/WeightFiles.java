package io.tributary.cluster.remote;

import io.tributary.cluster.remote.RemoteWorker.Publish;
import io.tributary.cluster.remote.RemoteWorker.Published;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.data.WeightSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** Makes each version of the proposal a file from which nodes fetch it, once for all who ask. */
public final class WeightFiles extends AbstractBehavior<Publish> {
  private final Function<WeightSnapshot, Manifest> write;
  private final Executor executor;
  private final Map<Long, CompletableFuture<Manifest>> underWay = new HashMap<>();

  /**
   * The actor.
   *
   * @param write writes a file, unless it is there, and describes it; blocks
   * @param executor where it may block
   */
  public static Behavior<Publish> create(
      Function<WeightSnapshot, Manifest> write, Executor executor) {
    return Behaviors.setup(context -> new WeightFiles(context, write, executor));
  }

  private WeightFiles(
      ActorContext<Publish> context, Function<WeightSnapshot, Manifest> write, Executor executor) {
    super(context);
    context.setLoggerName(WeightFiles.class);
    this.write = write;
    this.executor = executor;
  }

  @Override
  public Receive<Publish> createReceive() {
    return newReceiveBuilder().onMessage(Publish.class, this::onPublish).build();
  }

  private Behavior<Publish> onPublish(Publish command) {
    long version = command.proposal().version().number();
    underWay.values().removeIf(CompletableFuture::isDone);
    var unused =
        underWay
            .computeIfAbsent(
                version,
                v -> CompletableFuture.supplyAsync(() -> write.apply(command.proposal()), executor))
            .whenComplete(
                (manifest, failure) -> {
                  if (failure == null) {
                    command.replyTo().tell(new Published(version, manifest));
                  } else {
                    getContext()
                        .getSystem()
                        .log()
                        .error("proposal {} can't be written", version, failure);
                  }
                });
    return this;
  }
}

package io.tributary.testing.cluster;

import io.tributary.cluster.membership.ClusterSystem;
import io.tributary.cluster.membership.TrainerEvent;
import io.tributary.cluster.membership.TrainerWatch;
import io.tributary.cluster.remote.Nodes;
import io.tributary.cluster.transfer.BearerToken;
import io.tributary.cluster.transfer.CacheFolder;
import io.tributary.cluster.transfer.CachedFile;
import io.tributary.cluster.transfer.FetchSettings;
import io.tributary.cluster.transfer.FileFetcher;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.transfer.TlsSockets;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToTrainer;
import io.tributary.config.ClusterConfig;
import io.tributary.config.tls.RenewedTls;
import io.tributary.io.LastingFiles;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A worker of a cluster without a model, since many have no room beside a trainer on one machine:
 * {@code FetchingNode TRAINER HOST TLS CACHE}. It is welcomed as one, and whenever it reads a line
 * it fetches the largest file of the run as a worker does, prints the seconds that took, and
 * deletes it.
 */
public final class FetchingNode {
  private static final int PORT = 17355;

  private FetchingNode() {}

  public static void main(String[] arguments) throws Exception {
    String trainer = arguments[0];
    String host = arguments[1];
    String tls = arguments[2];
    Path cache = Path.of(arguments[3]);
    ClusterConfig.Node node =
        new ClusterConfig.Node(
            host,
            0,
            host,
            Duration.ofSeconds(10),
            Duration.ofMinutes(10),
            new ClusterConfig.Tls(
                Path.of(tls, host + ".pem"), Path.of(tls, host + ".key"), Path.of(tls, "ca.pem")));
    ActorSystem<Void> system =
        ClusterSystem.ofWorker(
                node, new ClusterSystem.LargeMessages(List.of(), ClusterConfig.LARGEST_MESSAGE))
            .start(Behaviors.empty());
    ToNode.Welcome welcome = join(system, node, trainer).join();
    System.out.println("welcome");
    while (System.in.read() >= 0) {
      System.out.printf("fetched in %.2f s%n", fetch(welcome, node, cache));
    }
    LastingFiles.delete(cache);
    System.exit(0);
  }

  private static CompletableFuture<ToNode.Welcome> join(
      ActorSystem<?> system, ClusterConfig.Node node, String trainer) {
    CompletableFuture<ToNode.Welcome> welcome = new CompletableFuture<>();
    ActorRef<ToTrainer> register =
        ActorRefResolver.get(system)
            .resolveActorRef(
                "pekko://tributary@%s:%d/system/%s".formatted(trainer, PORT, Nodes.NAME));
    ActorRef<Object> self = system.systemActorOf(node(register, welcome), "node", Props.empty());
    system.systemActorOf(
        TrainerWatch.create(node, trainer, PORT, self), "trainer-watch", Props.empty());
    return welcome;
  }

  private static Behavior<Object> node(
      ActorRef<ToTrainer> register, CompletableFuture<ToNode.Welcome> welcome) {
    return Behaviors.setup(
        context ->
            Behaviors.receive(Object.class)
                .onMessage(
                    TrainerEvent.TrainerUp.class,
                    up -> {
                      register.tell(
                          new ToTrainer.Hello(
                              ToTrainer.OLDEST_PROTOCOL,
                              ToTrainer.NEWEST_PROTOCOL,
                              "fetching only",
                              "",
                              "",
                              context.getSelf().narrow()));
                      return Behaviors.same();
                    })
                .onMessage(
                    ToNode.Welcome.class,
                    given -> {
                      welcome.complete(given);
                      return Behaviors.same();
                    })
                .onMessage(
                    ToNode.Ping.class,
                    ping -> {
                      register.tell(
                          new ToTrainer.Pong(ping.sentNanos(), context.getSelf().narrow()));
                      return Behaviors.same();
                    })
                .build());
  }

  private static double fetch(ToNode.Welcome welcome, ClusterConfig.Node node, Path folder)
      throws Exception {
    Manifest file =
        welcome.files().stream().max(Comparator.comparingLong(Manifest::size)).orElseThrow();
    long start = System.nanoTime();
    FileFetcher fetcher =
        new FileFetcher(
            CacheFolder.open(folder, Long.MAX_VALUE),
            BearerToken.of(welcome.secret()),
            new TlsSockets(new RenewedTls(node.tls(), node.advertisedHost())),
            FetchSettings.standard(Duration.ofMinutes(10)));
    try (CachedFile fetched =
        fetcher.fetch(file, List.of(URI.create(welcome.source())), bytes -> {})) {
      double seconds = (System.nanoTime() - start) / 1e9;
      Files.delete(fetched.path());
      return seconds;
    }
  }
}

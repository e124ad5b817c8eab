package io.tributary.testing.cluster;

import io.tributary.cluster.membership.ClusterSystem;
import io.tributary.cluster.membership.TrainerEvent;
import io.tributary.cluster.membership.TrainerWatch;
import io.tributary.cluster.remote.Nodes;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToTrainer;
import io.tributary.config.ClusterConfig;
import io.tributary.config.tls.MutualTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A worker of a cluster without a model, and that keeps nothing, since many have no room beside a
 * trainer on one machine: {@code FetchingNode TRAINER HOST TLS}. It is welcomed as one, and
 * whenever it reads a line it fetches the largest file of the run, in chunks and two at a time as
 * workers do, and prints the seconds that took.
 */
public final class FetchingNode {
  private static final int PORT = 17355;
  private static final String PATH = "/files/";
  private static final int LANES = 2;

  private FetchingNode() {}

  public static void main(String[] arguments) throws Exception {
    String trainer = arguments[0];
    String host = arguments[1];
    String tls = arguments[2];
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
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(MutualTls.read("tls", node.tls()).context())
            .build();
    while (System.in.read() >= 0) {
      System.out.printf("fetched in %.2f s%n", fetch(welcome, client));
    }
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

  private static double fetch(ToNode.Welcome welcome, HttpClient client) throws Exception {
    Manifest file =
        welcome.files().stream().max(Comparator.comparingLong(Manifest::size)).orElseThrow();
    long start = System.nanoTime();
    AtomicInteger next = new AtomicInteger();
    List<CompletableFuture<Void>> lanes = new ArrayList<>();
    for (int lane = 0; lane < LANES; lane++) {
      lanes.add(
          CompletableFuture.runAsync(
              () -> {
                int chunk = next.getAndIncrement();
                while (chunk < file.chunks().size()) {
                  fetch(welcome, client, file, chunk);
                  chunk = next.getAndIncrement();
                }
              },
              command -> new Thread(command).start()));
    }
    lanes.forEach(CompletableFuture::join);
    return (System.nanoTime() - start) / 1e9;
  }

  private static void fetch(ToNode.Welcome welcome, HttpClient client, Manifest file, int chunk) {
    long first = (long) chunk * file.chunkSize();
    long last = Math.min(first + file.chunkSize(), file.size()) - 1;
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(welcome.source() + PATH + file.id()))
            .header("Authorization", "Bearer " + welcome.secret())
            .header("Range", "bytes=%d-%d".formatted(first, last))
            .build();
    try {
      HttpResponse<InputStream> answer =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        long bytes = body.transferTo(OutputStream.nullOutputStream());
        if (answer.statusCode() != 206 || bytes != last + 1 - first) {
          throw new IllegalStateException(
              "%d bytes of %d, status %d".formatted(bytes, last + 1 - first, answer.statusCode()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

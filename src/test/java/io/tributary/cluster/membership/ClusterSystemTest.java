package io.tributary.cluster.membership;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import io.tributary.cluster.membership.NodeEvent.NodeGone;
import io.tributary.cluster.membership.NodeEvent.NodeUp;
import io.tributary.cluster.membership.NodeEvent.Reason;
import io.tributary.cluster.membership.TrainerEvent.TrainerLost;
import io.tributary.cluster.membership.TrainerEvent.TrainerUp;
import io.tributary.config.ClusterConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.tls.MutualTls;
import io.tributary.testing.Slow;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;

/** Real nodes in one process, with TLS on loopback. */
@Slow
@Timeout(120)
class ClusterSystemTest {
  private static final String TRAINER = "localhost";
  private static final String WORKER = "127.0.0.1";

  /** Longer than a worker takes to join. */
  private static final Duration WHILE = Duration.ofSeconds(5);

  @TempDir private static Path directory;
  private static TestCertificates certificates;
  private static TestCertificates others;

  /** For tests that leave it as it is. */
  private static TestNode<NodeEvent> shared;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = new TestCertificates(directory.resolve("a"), TRAINER, WORKER);
    others = new TestCertificates(directory.resolve("b"), TRAINER, WORKER);
    shared = trainer(0);
  }

  @AfterAll
  static void stop() {
    shared.close();
  }

  private static ClusterConfig.Node node(String host, int port, ClusterConfig.Tls tls) {
    return new ClusterConfig.Node(
        "127.0.0.1", port, host, Duration.ofSeconds(2), Duration.ofSeconds(2), tls);
  }

  private static TestNode<NodeEvent> trainer(int port) {
    return TestNode.trainer(node(TRAINER, port, certificates.of(TRAINER)));
  }

  private static TestNode<TrainerEvent> worker(int trainerPort) {
    return TestNode.worker(node(WORKER, 0, certificates.of(WORKER)), TRAINER, trainerPort);
  }

  private static TrainerUp up(int port) {
    return new TrainerUp(ClusterSystem.address(TRAINER, port));
  }

  @Test
  void aTrainerHasRoomForAllItsNodesAtOnce() {
    assertThat(shared.system.settings().config().getConfig("tributary-accept"))
        .satisfies(
            pace -> {
              assertThat(pace.getInt("tasks-at-once")).isGreaterThan(512);
              assertThat(pace.getInt("tasks-per-second")).isEqualTo(30);
            });
  }

  @Test
  void afterAFatalErrorTheSystemEndsAndTheProcessDecides() throws Exception {
    TestNode<TrainerEvent> worker = worker(freePort()); // of a trainer that never comes
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    ClusterSystem.whenItEnds(worker.system, () -> ended.complete(true));
    ActorRef<Object> broken =
        worker.system.systemActorOf(
            Behaviors.receiveMessage(
                message -> {
                  throw new NoClassDefFoundError("of a test");
                }),
            "broken",
            Props.empty());
    broken.tell("now");
    assertThat(ended).succeedsWithin(Duration.ofSeconds(30));
  }

  @Test
  void workersJoinAndLeave() throws Exception {
    try (TestNode<NodeEvent> trainer = trainer(0)) {
      TestNode<TrainerEvent> first = worker(trainer.port());
      first.expect(up(trainer.port()));
      trainer.expect(new NodeUp(first.address()));
      first.close();
      trainer.expect(new NodeUp(first.address()), new NodeGone(first.address(), Reason.LEFT));
      try (TestNode<TrainerEvent> second = worker(trainer.port())) {
        second.expect(up(trainer.port()));
        assertThat(trainer.events).last().isEqualTo(new NodeUp(second.address()));
      }
      assertThat(first.events).hasSize(1);
    }
  }

  @Test
  void aWorkerWaitsForATrainerAndEndsWithIt() throws Exception {
    int port = freePort();
    try (TestNode<TrainerEvent> worker = worker(port)) {
      TestNode<NodeEvent> trainer = trainer(port);
      worker.expect(up(port));
      trainer.close();
      worker.expect(up(port), new TrainerLost("the trainer has ended"));
      try (TestNode<NodeEvent> again = trainer(port);
          TestNode<TrainerEvent> next = worker(port)) {
        next.expect(up(port));
        again.expect(new NodeUp(next.address()));
      }
      assertThat(worker.events).hasSize(2);
    }
  }

  @Test
  void aWorkerWhoseCertificateIsNotItsOwnOrOfAnotherAuthorityDoesNotGetIn() throws Exception {
    ClusterConfig.Node ofAnotherHost = node(WORKER, 0, certificates.of(TRAINER));
    assertThatThrownBy(() -> TestNode.worker(ofAnotherHost, TRAINER, 1))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cluster.tls.certificate-file: other nodes would refuse")
        .hasMessageContaining("expected a certificate for 127.0.0.1");

    MutualTls tls = MutualTls.read("cluster.tls", ofAnotherHost.tls());
    ClusterSystem unchecked =
        ClusterSystem.ofWorker(ofAnotherHost, TestNode.LARGE, new Unchecked(tls));
    ClusterConfig.Node ofAnotherAuthority = node(WORKER, 0, others.of(WORKER));
    int port = shared.port();
    int before = shared.events.size();
    try (TestNode<TrainerEvent> one = TestNode.worker(unchecked, ofAnotherHost, TRAINER, port);
        TestNode<TrainerEvent> other = TestNode.worker(ofAnotherAuthority, TRAINER, port)) {
      Thread.sleep(WHILE.toMillis());
      assertThat(one.events).isEmpty();
      assertThat(other.events).isEmpty();
      assertThat(shared.events).hasSize(before);
    }
    stillWorks(shared);
  }

  /** Does not check that others would accept this node. */
  private record Unchecked(MutualTls tls) implements SSLEngineProvider {
    @Override
    public SSLEngine createServerSSLEngine(String host, int port) {
      return tls.server();
    }

    @Override
    public SSLEngine createClientSSLEngine(String host, int port) {
      return tls.client(host, port);
    }

    @Override
    public Option<Throwable> verifyClientSession(String host, SSLSession session) {
      return Option.empty();
    }

    @Override
    public Option<Throwable> verifyServerSession(String host, SSLSession session) {
      return Option.empty();
    }
  }

  @Test
  void whatIsNotTlsIsCutOffAndChangesNothing() throws Exception {
    int before = shared.events.size();
    Random random = new Random(1);
    byte[] noise = new byte[4096];
    for (int i = 0; i < 20; i++) {
      random.nextBytes(noise);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), shared.port())) {
        socket.getOutputStream().write(noise); // may look like the beginning of TLS
      }
    }
    refused(shared.port(), "GET / HTTP/1.1\r\n\r\n".repeat(50).getBytes(US_ASCII));
    refused(shared.port(), "AKKA\1\0\0\0\0".repeat(50).getBytes(US_ASCII)); // without TLS
    for (int thread = 0; thread < Runtime.getRuntime().availableProcessors() + 2; thread++) {
      byte[] tooLarge = new byte[20_000]; // of a record of 32,000, see RecordLimit
      System.arraycopy(new byte[] {22, 3, 3, 0x7d, 0}, 0, tooLarge, 0, 5);
      refused(shared.port(), tooLarge);
    }
    assertThat(shared.events).hasSize(before);
    stillWorks(shared);
  }

  private static void refused(int port, byte[] bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(bytes);
      byte[] answer = socket.getInputStream().readAllBytes(); // ends: the trainer has closed it
      assertThat(answer).hasSizeLessThan(64);
    } catch (SocketException e) {
      assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
    }
  }

  private static void stillWorks(TestNode<NodeEvent> trainer) throws Exception {
    try (TestNode<TrainerEvent> good = worker(trainer.port())) {
      good.expect(up(trainer.port()));
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    int port = shared.port();
    assertThatThrownBy(() -> trainer(port))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cluster.port: " + port + " on 127.0.0.1 can't be bound");
  }

  @Test
  void nothingIsLeftToPekkosDefaultsThatWouldHarm() {
    Config all = shared.system.settings().config();
    assertThat(all.getString("pekko.remote.artery.transport")).isEqualTo("tls-tcp");
    assertThat(all.getBoolean("pekko.actor.allow-java-serialization")).isFalse();
    assertThat(all.getBoolean("pekko.coordinated-shutdown.exit-jvm")).isFalse();
    assertThat(all.getString("pekko.io.tcp.worker-dispatcher")).doesNotContain("http");
    assertThat(all.getStringList("pekko.cluster.roles")).containsExactly("trainer");
    assertThat(all.getStringList("pekko.remote.artery.large-message-destinations"))
        .containsExactly("/user/pool");
    assertThat(all.getBytes("pekko.remote.artery.advanced.maximum-large-frame-size"))
        .isEqualTo(1 << 20);
    Config detector = all.getConfig("pekko.cluster.failure-detector");
    assertThat(detector.getDuration("heartbeat-interval")).isEqualTo(Duration.ofMillis(200));
    assertThat(detector.getDuration("acceptable-heartbeat-pause")).isEqualTo(Duration.ofSeconds(2));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}

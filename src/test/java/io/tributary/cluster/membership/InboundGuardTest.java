package io.tributary.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.ClusterConfig;
import io.tributary.config.tls.MutualTls;
import io.tributary.config.tls.RenewedTls;
import io.tributary.testing.Waiting;
import io.tributary.testing.cluster.TestAuthority;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to the port of a node that mean no good. */
class InboundGuardTest {
  private static final int HANDSHAKES = 4;
  private static final int LARGEST = 1 << 20;

  @TempDir private static Path directory;
  private static ClusterConfig.Tls files;
  private static InboundGuard guard;
  private static ActorSystem<Void> system;
  private static ActorSystem<Void> strict; // cuts every handshake off as soon as it begins
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    TestAuthority.Identity identity = new TestAuthority(directory).issue("node", "dns:localhost");
    files = new ClusterConfig.Tls(identity.certificate(), identity.key(), identity.authority());
    ClusterConfig.Node node =
        new ClusterConfig.Node(
            "127.0.0.1", 0, "localhost", Duration.ofSeconds(5), Duration.ofSeconds(5), files);
    guard = new InboundGuard(HANDSHAKES, Duration.ofMillis(1500), LARGEST);
    system = start(node, guard);
    port = port(system);
    strict = start(node, new InboundGuard(0, Duration.ofMillis(1500), LARGEST));
  }

  private static ActorSystem<Void> start(ClusterConfig.Node node, InboundGuard guard)
      throws Exception {
    return ClusterSystem.ofWorker(
            node, TestNode.LARGE, new ClusterTls(new RenewedTls(files, "localhost"), guard))
        .start(Behaviors.empty());
  }

  private static int port(ActorSystem<?> system) {
    return Cluster.get(system).selfMember().address().getPort().orElseThrow();
  }

  @AfterAll
  static void stop() {
    ClusterSystem.stop(system).toCompletableFuture().join();
    ClusterSystem.stop(strict).toCompletableFuture().join();
  }

  private static Socket connect() throws IOException {
    return connect(port);
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static SSLSocket trusted() throws IOException {
    return trusted(port);
  }

  private static SSLSocket trusted(int port) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            MutualTls.read("tls", files)
                .context()
                .getSocketFactory()
                .createSocket(connect(port), "localhost", port, true);
    socket.setEnabledProtocols(new String[] {"TLSv1.3"});
    socket.startHandshake();
    return socket;
  }

  private static void expectClosed(Socket socket) throws IOException {
    try (socket) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("it is open", e);
    } catch (IOException e) {
      // reset is closed too
    }
  }

  @Test
  void aConnectionThatSaysNothingIsClosed() throws IOException {
    expectClosed(connect());
  }

  @Test
  void aHandshakeThatIsNotCompletedIsCutOff() throws IOException {
    Socket socket = connect();
    socket.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1});
    expectClosed(socket);
  }

  @Test
  void theOldestOfTooManyHandshakesAreCutOffSoThatOthersAreMade() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 5 * HANDSHAKES; i++) {
      sockets.add(connect());
    }
    trusted().close();
    for (Socket socket : sockets) {
      expectClosed(socket);
    }
    Waiting.until("all are forgotten", () -> guard.pending() == 0);
  }

  @Test
  void oneThatIsCutOffWhileItIsStillBeingMadeIsClosed() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      sockets.add(connect(port(strict)));
    }
    for (Socket socket : sockets) {
      expectClosed(socket);
    }
  }

  @Test
  void oneThatIsInTimeAfterAllStays() throws Exception {
    try (Socket ahead = connect(port(strict))) {
      SSLSocket socket = trusted(port(strict)); // is one too many until it has completed
      socket.setSoTimeout(2000);
      assertThat(readsNothing(socket)).isTrue();
      expectClosed(ahead);
    }
  }

  @Test
  void whoHasCompletedItsHandshakeMayBeSilent() throws Exception {
    try (SSLSocket socket = trusted()) {
      Waiting.until("its handshake is over", () -> guard.pending() == 0);
      socket.setSoTimeout(2000);
      assertThat(readsNothing(socket)).isTrue();
    }
  }

  private static boolean readsNothing(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() > 0;
    } catch (SocketTimeoutException e) {
      return true;
    }
  }

  @Test
  void aFrameThatIsTooLargeClosesTheConnectionBeforeItIsGathered() throws IOException {
    SSLSocket socket = trusted();
    OutputStream out = socket.getOutputStream();
    out.write(new byte[] {'A', 'K', 'K', 'A', 2, 1, 0, 0x10, 0}); // one byte more than 1 MiB
    out.flush();
    expectClosed(socket);
  }
}

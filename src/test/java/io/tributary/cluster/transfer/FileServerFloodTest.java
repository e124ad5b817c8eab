package io.tributary.cluster.transfer;

import static io.tributary.testing.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Slow;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Slow
class FileServerFloodTest {
  private static final int ATTACKERS = 500;
  private static final int CONNECTIONS = 16;

  @TempDir Path directory;

  @Test
  void servesItsWorkersAmongHundredsOfConnectionsOfGarbage() throws Exception {
    Path file = TestFiles.random(directory.resolve("file"), 50 * TestFiles.CHUNK);
    Manifest manifest = TestFiles.manifest(file);
    ServerLimits limits =
        new ServerLimits(
            CONNECTIONS,
            1000,
            0,
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20));
    List<Socket> sockets = new ArrayList<>();
    Random random = new Random(1);
    try (FileServer server = TestFiles.serve(manifest, file, limits)) {
      for (int i = 0; i < ATTACKERS; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        sockets.add(socket);
        try {
          byte[] noise = new byte[i % 3 == 0 ? 0 : random.nextInt(200)];
          random.nextBytes(noise);
          socket.getOutputStream().write(noise);
        } catch (IOException e) {
          // it has been closed already
        }
        assertThat(server.connections()).isLessThanOrEqualTo(CONNECTIONS);
      }
      assertThat(threads()).isLessThanOrEqualTo(CONNECTIONS + 2);

      try (CachedFile cached =
          TestFiles.fetcher(directory.resolve("cache"), 2)
              .fetch(manifest, TestFiles.at(server.port()), bytes -> {})) {
        assertThat(cached.path()).hasSameBinaryContentAs(file);
      }
      for (Socket socket : sockets) {
        socket.close();
      }
      until("all are forgotten", () -> server.connections() == 0);
    }
    until("no thread is left", () -> threads() == 0);
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("transfer-"))
        .count();
  }
}

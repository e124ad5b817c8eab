package io.tributary.cluster.transfer;

import static io.tributary.cluster.transfer.TestFiles.TOKEN;
import static io.tributary.testing.Waiting.until;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileServerTest {
  private static final String AUTHORIZATION = "Authorization: " + TOKEN.header() + "\r\n";

  @TempDir Path directory;
  private Path file;
  private Manifest manifest;
  private FileServer server;

  @BeforeEach
  void start() throws IOException {
    file = TestFiles.random(directory.resolve("file"), 300_000);
    manifest = TestFiles.manifest(file);
    server = TestFiles.serve(manifest, file);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private void restart(ServerLimits limits) throws IOException {
    server.close();
    server = TestFiles.serve(manifest, file, limits);
  }

  private static ServerLimits limits(int connections, long bytesPerSecond, Duration timeout) {
    return new ServerLimits(connections, 10_000, bytesPerSecond, timeout, timeout, timeout);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  private static String request(String path, String fields) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
  }

  /** The answer to one request, head and body, each byte as one character. */
  private String ask(String request) throws IOException {
    try (Socket socket = connect()) {
      send(socket, request);
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private String get(String fields) throws IOException {
    return ask(request(FileServer.path(manifest.id()), AUTHORIZATION + fields));
  }

  @Test
  void servesAWholeFile() throws IOException {
    assertThat(get(""))
        .startsWith("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n")
        .endsWith("\r\n\r\n" + new String(Files.readAllBytes(file), ISO_8859_1));
    until("it counts", () -> server.stats().answers() == 1);
    assertThat(server.stats().bytes()).isEqualTo(300_000);
  }

  @Test
  void servesARange() throws IOException {
    String content = new String(Files.readAllBytes(file), ISO_8859_1);

    assertThat(get("Range: bytes=1000-1999\r\n"))
        .startsWith("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 1000-1999/300000\r\n")
        .contains("Content-Length: 1000\r\n")
        .endsWith("\r\n\r\n" + content.substring(1000, 2000));
    assertThat(get("Range: bytes=-3\r\n")).endsWith("\r\n\r\n" + content.substring(299_997));
  }

  @Test
  void answersSeveralRequestsOfAConnection() throws IOException {
    String twice = request(FileServer.path(manifest.id()), AUTHORIZATION + "Range: bytes=0-0\r\n");

    assertThat(ask(twice + twice + twice).split("206 Partial", -1)).hasSize(4);
    assertThat(server.stats().accepted()).isEqualTo(1);
  }

  @Test
  void servesBeyondTwoGibibytes() throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(5L << 30);
      sparse.seek(3L << 30);
      sparse.write('!');
    }

    assertThat(get("Range: bytes=3221225472-3221225473\r\n"))
        .contains("Content-Range: bytes 3221225472-3221225473/5368709120\r\n")
        .endsWith("\r\n\r\n!\0");
  }

  @Test
  void wantsTheTokenBeforeAnythingElse() throws IOException {
    String path = FileServer.path(manifest.id());

    assertThat(ask(request(path, "")))
        .startsWith("HTTP/1.1 401 ")
        .contains("WWW-Authenticate: Bearer")
        .endsWith("not this run's token\n");
    assertThat(ask(request(path, "Authorization: " + TOKEN.header() + "x\r\n"))).contains(" 401 ");
    assertThat(ask(request(path, "Authorization: Basic eDp5\r\n"))).contains(" 401 ");
    assertThat(ask("GET /nowhere HTTP/1.1\r\n\r\n")).contains(" 401 ");
    until("it counts", () -> server.stats().unauthorized() == 4);
  }

  @Test
  void saysWhyThereIsNoAnswer() throws IOException {
    assertThat(ask(request(FileServer.path("0".repeat(64)), AUTHORIZATION)))
        .contains(" 404 ")
        .endsWith("no such file, or no longer\n");
    assertThat(ask(request("/files/../../etc/passwd", AUTHORIZATION))).contains(" 404 ");
    assertThat(get("Range: bytes=300000-\r\n"))
        .contains(" 416 ", "Content-Range: bytes */300000\r\n")
        .endsWith("the file has 300000 bytes\n");
    assertThat(ask("POST / HTTP/1.1\r\n" + AUTHORIZATION + "\r\n")).contains(" 405 ");
    assertThat(get("Content-Length: 5\r\n")).contains(" 400 ").endsWith("with a body\n");
    assertThat(get("Content-Length: 0\r\n")).contains(" 200 ");
    assertThat(ask("nonsense\r\n\r\n")).contains(" 400 ").endsWith("no HTTP/1.1\n");
    Files.delete(file);
    assertThat(get("")).contains(" 404 ").endsWith("can't be read\n");
  }

  @Test
  void aConnectionThatSaysNothingIsClosed() throws IOException {
    restart(limits(4, 0, Duration.ofMillis(200)));
    try (Socket socket = connect()) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void aRequestThatComesByteByByteIsCutOff() throws Exception {
    restart(limits(4, 0, Duration.ofMillis(300)));
    try (Socket socket = connect()) {
      until(
          "it is cut off",
          () -> {
            try {
              send(socket, "x");
              return false;
            } catch (IOException e) {
              return true;
            }
          });
    }
    until("its thread has ended", () -> server.connections() == 0);
  }

  @Test
  void aClientThatStopsReadingIsCutOff() throws IOException {
    TestFiles.random(file, 64 << 20);
    restart(limits(4, 0, Duration.ofMillis(300)));
    try (Socket socket = connect()) {
      send(socket, request(FileServer.path(manifest.id()), AUTHORIZATION));
      until("it is cut off", () -> server.stats().bytes() > 0 && server.connections() == 0);
    }
    assertThat(server.stats().answers()).isZero();
  }

  @Test
  void strangersMakeRoomForNewConnectionsAndOthersDoNot() throws Exception {
    restart(limits(2, 0, Duration.ofSeconds(30)));
    try (Socket known = connect();
        Socket stranger = connect()) {
      send(known, request(FileServer.path(manifest.id()), AUTHORIZATION + "Range: bytes=0-0\r\n"));
      until("it is known", () -> server.stats().answers() == 1);

      assertThat(get("Range: bytes=0-0\r\n")).contains(" 206 ");

      assertThat(stranger.getInputStream().read()).isEqualTo(-1);
      assertThat(server.stats().refused()).isEqualTo(1);
      send(known, request(FileServer.path(manifest.id()), AUTHORIZATION + "Range: bytes=0-0\r\n"));
      until("it is served again", () -> server.stats().answers() == 3);
    }
  }

  @Test
  void refusesMoreConnectionsThanItMayHave() throws Exception {
    restart(limits(1, 0, Duration.ofSeconds(30)));
    try (Socket known = connect()) {
      send(known, request(FileServer.path(manifest.id()), AUTHORIZATION + "Range: bytes=0-0\r\n"));
      until("it is known", () -> server.stats().answers() == 1);
      try (Socket another = connect()) {
        assertThat(another.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void allUploadsTogetherKeepToTheLimit() throws Exception {
    restart(limits(8, 400_000, Duration.ofSeconds(30)));
    long start = System.nanoTime();

    Thread other = new Thread(() -> getUnchecked("Range: bytes=0-199999\r\n"));
    other.start();
    assertThat(get("Range: bytes=0-199999\r\n")).contains(" 206 ");
    other.join();

    // 400,000 bytes, of which one piece may pass at once
    double seconds = (System.nanoTime() - start) / 1e9;
    assertThat(seconds).isGreaterThan((400_000.0 - ServerConnection.PIECE_BYTES) / 400_000 - 0.01);
  }

  @Test
  void waitingForTheUploadLimitIsNotIdleness() throws Exception {
    restart(limits(8, 200_000, Duration.ofMillis(400)));

    assertThat(get("")).hasSizeGreaterThan(300_000);
  }

  @Test
  void aFileThatIsSentMayBeDeleted() throws Exception {
    TestFiles.random(file, 8 << 20);
    byte[] content = Files.readAllBytes(file);
    try (Socket socket = connect()) {
      send(
          socket, request(FileServer.path(manifest.id()), AUTHORIZATION + "Connection: close\r\n"));
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      Files.delete(file);
      assertThat(socket.getInputStream().readAllBytes()).endsWith(content);
    }
  }

  @Test
  void closesCleanly() throws Exception {
    try (Socket idle = connect();
        Socket busy = connect()) {
      send(busy, request(FileServer.path(manifest.id()), AUTHORIZATION));
      until("both are there", () -> server.connections() == 2);

      server.close();

      assertThat(server.connections()).isZero();
      assertThat(idle.getInputStream().read()).isEqualTo(-1);
    }
  }

  private void getUnchecked(String fields) {
    try {
      get(fields);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.tributary.cluster.transfer;

import static io.tributary.testing.Waiting.until;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.ClusterConfig;
import io.tributary.config.tls.MutualTls;
import io.tributary.testing.Slow;
import io.tributary.testing.cluster.TestAuthority;
import io.tributary.testing.cluster.TestAuthority.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Slow
class TlsSocketsTest {
  @TempDir static Path shared;
  private static Identity trainer;
  private static Identity worker;
  private static Identity stranger;
  private static Path file;
  private static Manifest manifest;
  private static FileServer server;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws Exception {
    TestAuthority authority = new TestAuthority(Files.createDirectory(shared.resolve("ours")));
    trainer = authority.issue("trainer", "dns:localhost");
    worker = authority.issue("worker", "dns:worker");
    stranger =
        new TestAuthority(Files.createDirectory(shared.resolve("theirs")))
            .issue("stranger", "dns:localhost");
    file = TestFiles.random(shared.resolve("file"), 5 * TestFiles.CHUNK);
    manifest = TestFiles.manifest(file);
    server = serve(identity(trainer));
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private static FileServer serve(TlsSockets identity) throws IOException {
    return FileServer.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        id -> Optional.of(file),
        TestFiles.TOKEN,
        identity,
        TestFiles.LIMITS);
  }

  private static TlsSockets identity(Identity files) {
    return tls(files.certificate(), files.key(), files.authority());
  }

  private static TlsSockets tls(Path certificate, Path key, Path authority) {
    return new TlsSockets(
        () -> MutualTls.read("tls", new ClusterConfig.Tls(certificate, key, authority)));
  }

  private static MutualTls read(Identity files) {
    return MutualTls.read(
        "tls", new ClusterConfig.Tls(files.certificate(), files.key(), files.authority()));
  }

  private CachedFile fetch(TlsSockets identity, FileServer from)
      throws IOException, InterruptedException {
    return fetch(identity, "https://localhost", from.port());
  }

  private CachedFile fetch(@Nullable TlsSockets identity, String source)
      throws IOException, InterruptedException {
    return fetch(identity, source, server.port());
  }

  private CachedFile fetch(@Nullable TlsSockets identity, String source, int port)
      throws IOException, InterruptedException {
    return new FileFetcher(
            CacheFolder.open(directory.resolve("cache"), Long.MAX_VALUE),
            TestFiles.TOKEN,
            identity,
            TestFiles.settings(1, Duration.ofSeconds(20)))
        .fetch(manifest, List.of(URI.create(source + ":" + port)), bytes -> {});
  }

  @Test
  void fetchesWithCertificatesOfBothSides() throws Exception {
    try (CachedFile cached = fetch(identity(worker), "https://localhost")) {
      assertThat(cached.path()).hasSameBinaryContentAs(file);
    }
  }

  @Test
  void eachConnectionHasTheIdentityOfItsTime() throws Exception {
    AtomicReference<MutualTls> identity = new AtomicReference<>(read(stranger));
    try (FileServer renewed = serve(new TlsSockets(identity::get))) {
      assertThatThrownBy(() -> fetch(identity(worker), renewed))
          .hasMessageContaining("does not chain with any of the trust anchors");
      identity.set(read(trainer));
      fetch(identity(worker), renewed).close();
    }
  }

  @Test
  void aServerUnderAnotherNameIsRefused() {
    assertThatThrownBy(() -> fetch(identity(worker), "https://127.0.0.1"))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("after attempt 1, ")
        .hasMessageContaining("No subject alternative names matching IP address 127.0.0.1");
  }

  @Test
  void aServerOfAnotherAuthorityIsRefused() {
    TlsSockets confused = tls(worker.certificate(), worker.key(), stranger.authority());

    assertThatThrownBy(() -> fetch(confused, "https://localhost"))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("does not chain with any of the trust anchors");
  }

  @Test
  void aClientOfAnotherAuthorityIsRefused() {
    long before = server.stats().unauthorized();
    TlsSockets disguised = tls(stranger.certificate(), stranger.key(), trainer.authority());

    assertThatThrownBy(() -> fetch(disguised, "https://localhost"))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("alert");
    until("it counts", () -> server.stats().unauthorized() > before);
  }

  @Test
  void thereIsNoWayAroundTls() {
    assertThatThrownBy(() -> fetch(null, "https://localhost"))
        .hasMessageContaining("https needs this machine's certificate");
    assertThatThrownBy(
            () ->
                new FileFetcher(
                        CacheFolder.open(directory.resolve("cache"), Long.MAX_VALUE),
                        TestFiles.TOKEN,
                        null,
                        TestFiles.settings(1, Duration.ofMillis(300)))
                    .fetch(
                        manifest,
                        List.of(URI.create("http://localhost:" + server.port())),
                        bytes -> {}))
        .isInstanceOf(FetchException.class);
  }

  @Test
  void garbageIsAnsweredWithAnAlertAndForgotten() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".repeat(100).getBytes(US_ASCII));
      socket.setSoTimeout(20_000);
      assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(100);
    }
    until("it is forgotten", () -> server.connections() == 0);
  }
}

package io.tributary.run.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.transfer.BearerToken;
import io.tributary.cluster.transfer.FileServer;
import io.tributary.cluster.transfer.ServerLimits;
import io.tributary.cluster.transfer.TlsSockets;
import io.tributary.config.ClusterConfig;
import io.tributary.config.tls.MutualTls;
import io.tributary.testing.TestTools;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trainer is played by another server whose connections are those of nodes. */
class TrainerProbeTest {
  @TempDir private static Path directory;
  private static ClusterConfig.Tls ours;
  private static ClusterConfig.Tls elsewhere;
  private static ClusterConfig.Tls theirs;

  @BeforeAll
  static void issue() throws Exception {
    TestTools.require("openssl");
    certificates("ours", "localhost", "elsewhere");
    certificates("theirs", "localhost");
    ours = files("ours", "localhost");
    elsewhere = files("ours", "elsewhere");
    theirs = files("theirs", "localhost");
  }

  private static void certificates(String authority, String... hosts) throws Exception {
    ProcessBuilder script =
        new ProcessBuilder("scripts/make-certificates", directory.resolve(authority).toString());
    script.command().addAll(List.of(hosts));
    script.redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile());
    assertThat(script.start().waitFor()).isZero();
  }

  private static ClusterConfig.Tls files(String authority, String host) {
    Path folder = directory.resolve(authority);
    return new ClusterConfig.Tls(
        folder.resolve(host + ".pem"), folder.resolve(host + ".key"), folder.resolve("ca.pem"));
  }

  private static TlsSockets sockets(ClusterConfig.Tls files) {
    return new TlsSockets(() -> MutualTls.read("cluster.tls", files));
  }

  private static String obstacle(String host, int port, ClusterConfig.Tls own) {
    return new TrainerProbe(host, port, () -> sockets(own), "worker-1").obstacle();
  }

  /** What hinders a worker whose trainer shows a certificate. */
  private static String obstacle(ClusterConfig.Tls trainers, ClusterConfig.Tls own)
      throws IOException {
    try (FileServer trainer =
        FileServer.start(
            new InetSocketAddress("localhost", 0),
            id -> Optional.empty(),
            BearerToken.of("a-token-for-this-test"),
            sockets(trainers),
            ServerLimits.standard(0, 8))) {
      return obstacle("localhost", trainer.port(), own);
    }
  }

  @Test
  void nobodyIsThere() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    assertThat(obstacle("localhost", free, ours)).isEqualToIgnoringCase("connection refused");
    assertThat(obstacle("nowhere.invalid", free, ours))
        .isEqualTo("the name nowhere.invalid is not known here");
  }

  @Test
  void itsCertificateIsNotAccepted() throws IOException {
    assertThat(obstacle(theirs, ours))
        .isEqualTo("its certificate is of another authority than this node's");
    assertThat(obstacle(elsewhere, ours))
        .isEqualTo("its certificate is for another name than localhost");
  }

  @Test
  void itDoesNotAcceptThisNodesCertificate() throws IOException {
    Path both =
        Files.writeString(
            directory.resolve("both.pem"),
            Files.readString(ours.caFile()) + Files.readString(theirs.caFile()));
    assertThat(
            obstacle(ours, new ClusterConfig.Tls(theirs.certificateFile(), theirs.keyFile(), both)))
        .contains("not accept this node's certificate");
  }

  @Test
  void whatAnswersIsNoTrainer() throws Exception {
    try (ServerSocket another = new ServerSocket(0)) {
      Thread answering =
          new Thread(
              () -> {
                try (Socket socket = another.accept()) {
                  socket
                      .getOutputStream()
                      .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
                  socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      answering.start();
      assertThat(obstacle("localhost", another.getLocalPort(), ours))
          .startsWith("what answers there does not speak TLS");
      answering.join();
    }
  }

  @Test
  void nothingIsSaidAgainstIt() throws IOException {
    assertThat(obstacle(ours, ours))
        .isEqualTo(
            "it answers, but has not let this node in yet; can it reach this node as worker-1?");
  }
}

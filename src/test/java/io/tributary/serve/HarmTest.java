package io.tributary.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.Done;
import io.tributary.testing.Slow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that are slow, many, greedy or broken: each gets its answer or loses its connection in
 * time, and others are served meanwhile.
 */
@Slow
class HarmTest {
  private static final String DRAIN = "POST /control/drain HTTP/1.1\r\nHost: localhost\r\n";
  private static final Limits IMPATIENT =
      new Limits(
          1024,
          2048,
          40,
          64 * 1024,
          Duration.ofMillis(500),
          Duration.ofMillis(800),
          Duration.ofMillis(200));
  private static final Duration SOON = Duration.ofSeconds(20);

  private static TestServer server;
  private final List<Socket> sockets = new ArrayList<>();

  @BeforeAll
  static void bind() throws Exception {
    server = new TestServer(IMPATIENT);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void othersAreServed() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
  }

  private Socket connect(String text) throws IOException {
    Socket socket = server.connect();
    sockets.add(socket);
    socket.setSoTimeout((int) SOON.toMillis());
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return socket;
  }

  private static String head(String method, String path, String... lines) {
    return "%s %s HTTP/1.1\r\n%s\r\n%s\r\n"
        .formatted(
            method,
            path,
            server.host(),
            String.join("", List.of(lines).stream().map(line -> line + "\r\n").toList()));
  }

  /** What comes until the server closes the connection. */
  private static String rest(Socket socket) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      for (int b = socket.getInputStream().read(); b >= 0; b = socket.getInputStream().read()) {
        bytes.write(b);
      }
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (SocketException e) {
      // closed hard, which is allowed
    }
    return bytes.toString(ISO_8859_1);
  }

  /** Sends a byte now and then, until the server has closed the connection. */
  private static void trickle(Socket socket, String bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    int[] sent = {0};
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              try {
                out.write(bytes.charAt(sent[0]++ % bytes.length()));
                return false;
              } catch (SocketException e) {
                return true;
              }
            });
  }

  @Slow
  @Test
  void aClientThatSaysNothingLosesItsConnection() throws Exception {
    assertThat(rest(connect(""))).isEmpty();
  }

  @Slow
  @Test
  void headersThatTrickleInAreNotWaitedForForever() throws Exception {
    trickle(connect("GET /status HTTP/1.1\r\n" + server.host() + "\r\nX: "), "x");
  }

  @Slow
  @Test
  void aBodyThatTricklesInIsNotWaitedForForever() throws Exception {
    String json = "Content-Type: application/json";
    Socket waiting = connect(head("PATCH", "/config", json, "Content-Length: 60000") + "{");
    assertThat(rest(waiting))
        .startsWith("HTTP/1.1 408")
        .contains("the body did not arrive within 0.5 s");
    trickle(connect(head("PATCH", "/config", json, "Content-Length: 60000")), "x");
    trickle(
        connect(head("POST", "/control/drain", json, "Transfer-Encoding: chunked")), "1\r\nx\r\n");
    trickle(connect(head("GET", "/status", "Content-Length: 60000")), "x");
    assertThat(server.control.calls).isEmpty();
  }

  @Test
  void aBodyLargerThanTheLimitIs413HoweverItIsSent() throws Exception {
    String json = "Content-Type: application/json";
    assertThat(rest(connect(head("PATCH", "/config", json, "Content-Length: 65537"))))
        .startsWith("HTTP/1.1 413");
    StringBuilder chunks = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      chunks.append("1000\r\n").append(" ".repeat(0x1000)).append("\r\n");
    }
    Socket chunked =
        connect(
            head("PATCH", "/config", json, "Transfer-Encoding: chunked") + chunks + "0\r\n\r\n");
    assertThat(rest(chunked)).startsWith("HTTP/1.1 413");
  }

  @Test
  void headersThatAreTooManyOrTooLongAre431() throws Exception {
    String[] many = IntStream.range(0, 50).mapToObj(i -> "X-" + i + ": x").toArray(String[]::new);
    assertThat(rest(connect(head("GET", "/status", many)))).containsPattern("^HTTP/1.1 4(00|31)");
    assertThat(rest(connect(head("GET", "/status", "X: " + "x".repeat(9000)))))
        .containsPattern("^HTTP/1.1 4(00|31)");
  }

  @Slow
  @Test
  void aClientThatNeverReadsLosesItsConnection() throws Exception {
    String request = head("GET", "/metrics");
    for (int i = 0; i < 5; i++) {
      Socket socket = connect("");
      socket.setReceiveBufferSize(1024);
      OutputStream out = socket.getOutputStream();
      byte[] requests = request.repeat(100).getBytes(US_ASCII);
      CompletableFuture<Void> closed =
          CompletableFuture.runAsync(
              () -> {
                try {
                  while (!socket.isClosed()) {
                    out.write(requests);
                  }
                } catch (IOException e) {
                  // closed by the server
                }
              });
      if (i == 4) {
        assertThat(closed).succeedsWithin(SOON);
      }
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
    String requests =
        head("GET", "/health/live")
            + head("GET", "/nothing")
            + head("POST", "/control/resume", "Content-Length: 0")
            + head("GET", "/health/ready", "Connection: close");
    String answers = rest(connect(requests));
    assertThat(answers.lines().filter(line -> line.startsWith("HTTP/1.1 ")))
        .containsExactly(
            "HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK");
    server.control.calls.clear();
  }

  @Slow
  @Test
  void aThousandRequestsAtOnceAreAllAnswered() throws Exception {
    List<Socket> open = new ArrayList<>();
    String request = head("GET", "/status", "Connection: close");
    for (int i = 0; i < 1000; i++) {
      open.add(connect(request.substring(0, request.length() - 2)));
    }
    Collections.shuffle(open, new java.util.Random(1));
    for (Socket socket : open) {
      try {
        socket.getOutputStream().write("\r\n".getBytes(US_ASCII));
      } catch (SocketException e) {
        throw new IOException("closed while others were still connecting", e);
      }
    }
    for (Socket socket : open) {
      socket.setSoTimeout(60_000); // the answers are made on a twentieth of a processor
      assertThat(rest(socket)).startsWith("HTTP/1.1 200 OK").endsWith("}\n");
    }
  }

  @Test
  void anActionThatTakesLongIsAcceptedAndGoesOn() throws Exception {
    CompletableFuture<Answer> later = new CompletableFuture<>();
    server.control.answer = later;
    HttpResponse<String> response = server.post("/control/checkpoint");
    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(response.body()).contains("\"accepted\":\"checkpoint is under way\"");
    assertThat(later).isNotCancelled().isNotCompleted();
    later.complete(new Done("written"));
    server.control.answer = CompletableFuture.completedFuture(new Done("as asked"));
    server.control.calls.clear();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "BREW /status HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /samples?n=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /%ff%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /status HTTP/1.1\r\nHost: localhost\r\nOrigin: http://[::::]:80\r\n\r\n",
        "GET /status HTTP/1.1\r\nHost: localhost\r\nOrigin: http://a_b%41/\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /\u0000 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /status HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        "GET /status HTTP/1.1\r\nHost: localhost:99999\r\n\r\n",
        "GET /status HTTP/1.1\r\nHost: [::1\r\n\r\n",
        "GET /status HTTP/1.1\r\nHost localhost\r\n\r\n",
        "GET /status HTTP/1.1\r\n folded\r\nHost: localhost\r\n\r\n",
        DRAIN + "Content-Length: -1\r\n\r\n",
        DRAIN + "Content-Length: 9999999999999999999\r\n\r\n",
        DRAIN + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        DRAIN + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
      })
  void whatIsNoRequestHereIsRefused(String bytes) throws Exception {
    Socket socket = connect(bytes);
    socket.shutdownOutput();
    assertThat(rest(socket))
        .satisfiesAnyOf(
            answer -> assertThat(answer).isEmpty(),
            answer -> assertThat(answer).containsPattern("^HTTP/1.1 (4\\d\\d|50[15]) "));
    assertThat(server.control.calls).isEmpty();
  }

  @Test
  void aConnectionServesManyRequests() throws Exception {
    for (int i = 0; i < 200; i++) {
      assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
    }
  }
}

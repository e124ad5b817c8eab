package io.tributary.cluster.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.testing.Hosts;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/** A client of an HTTP server on the loopback address of a host, with the host's own bash. */
final class HostHttp {
  private static final long SECONDS = 20;

  private final Hosts hosts;
  private final int host;
  private final int port;

  HostHttp(Hosts hosts, int host, int port) {
    this.hosts = hosts;
    this.host = host;
    this.port = port;
  }

  /** The body of an answer with status 200. */
  String get(String path) throws IOException, InterruptedException {
    return send("GET " + path);
  }

  void post(String path) throws IOException, InterruptedException {
    send("POST " + path);
  }

  private String send(String what) throws IOException, InterruptedException {
    String script = "exec 3<>/dev/tcp/127.0.0.1/%d; cat >&3; cat <&3".formatted(port);
    Process bash =
        hosts
            .on(host, new ProcessBuilder("timeout", Long.toString(SECONDS), "bash", "-c", script))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (OutputStream request = bash.getOutputStream()) {
      request.write(
          "%s HTTP/1.0\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
              .formatted(what)
              .getBytes(UTF_8));
    }
    String answer = new String(bash.getInputStream().readAllBytes(), UTF_8);
    if (!bash.waitFor(SECONDS, TimeUnit.SECONDS) || !answer.matches("(?s)HTTP/1.[01] 200 .*")) {
      throw new IOException(
          "%s: got %s".formatted(what, answer.lines().findFirst().orElse("no answer")));
    }
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }
}

package io.tributary.metrics;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** Metrics behind a port of their own, as a training service shows them. */
final class ScrapedMetrics implements AutoCloseable {
  private final HttpServer server;

  /**
   * Begins to serve.
   *
   * @param changed what becomes of the text on its way
   */
  ScrapedMetrics(RunMetrics metrics, UnaryOperator<String> changed) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/metrics",
        exchange -> {
          Exposition exposition = metrics.scrape(exchange.getRequestHeaders().getFirst("Accept"));
          byte[] body =
              changed
                  .apply(new String(exposition.body(), StandardCharsets.UTF_8))
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", exposition.contentType());
          exchange.sendResponseHeaders(200, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Nobody answers any more. */
  void stop() {
    server.stop(0);
  }

  @Override
  public void close() {
    stop();
  }
}

package io.tributary.config;

/**
 * The HTTP server.
 *
 * @param host address to bind
 * @param port 0: any free one
 */
public record HttpConfig(String host, int port) {
  public HttpConfig {
    Require.text("host", host);
    Require.that(port >= 0 && port <= 65535, "port", port, "between 0 and 65535");
  }
}

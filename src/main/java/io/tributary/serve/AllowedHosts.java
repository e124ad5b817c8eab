package io.tributary.serve;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names under which a server on loopback may be asked for. Any page in the operator's browser
 * can reach loopback, and a name of its own can be made to point there (DNS rebinding); such
 * requests betray themselves by their {@code Host} or {@code Origin}.
 */
final class AllowedHosts {

  private static final int HTTP_PORT = 80;

  private final Set<String> names;
  private final int port;

  /**
   * The loopback names, the configured name and the bound address, all with the bound port.
   *
   * @param configured host as the configuration names it
   */
  AllowedHosts(String configured, InetSocketAddress bound) {
    this.names = new HashSet<>(Set.of("localhost", "127.0.0.1", "::1", "0:0:0:0:0:0:0:1"));
    names.add(normal(configured));
    names.add(normal(bound.getAddress().getHostAddress()));
    this.port = bound.getPort();
  }

  /**
   * Whether a {@code Host} header may be served.
   *
   * @param host name or address, with or without brackets
   * @param port 0 where the header has none
   */
  boolean allowsHost(String host, int port) {
    return names.contains(normal(host)) && (port <= 0 ? HTTP_PORT : port) == this.port;
  }

  /** Whether an {@code Origin} header may be served; a request without one comes from no page. */
  boolean allowsOrigin(@Nullable String origin) {
    if (origin == null) {
      return true;
    }
    try {
      URI uri = new URI(origin);
      return "http".equalsIgnoreCase(uri.getScheme())
          && uri.getHost() != null
          && allowsHost(uri.getHost(), uri.getPort());
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String normal(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
  }
}

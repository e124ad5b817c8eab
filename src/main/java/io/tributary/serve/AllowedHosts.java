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

  /**
   * The loopback names, the configured name and the bound address, with any port: a tunnel may end
   * at another one.
   *
   * @param configured host as the configuration names it
   */
  AllowedHosts(String configured, InetSocketAddress bound) {
    this.names = new HashSet<>(Set.of("localhost", "127.0.0.1", "::1", "0:0:0:0:0:0:0:1"));
    names.add(normal(configured));
    names.add(normal(bound.getAddress().getHostAddress()));
  }

  /**
   * Whether a {@code Host} header may be served.
   *
   * @param host name or address, with or without brackets
   */
  boolean allowsHost(String host) {
    return names.contains(normal(host));
  }

  /**
   * Whether an {@code Origin} header may be served; a request without one comes from no page.
   *
   * @param requestedPort the port of the request's {@code Host}, which the page must come from too;
   *     0 where it has none
   */
  boolean allowsOrigin(@Nullable String origin, int requestedPort) {
    if (origin == null) {
      return true;
    }
    try {
      URI uri = new URI(origin);
      return "http".equalsIgnoreCase(uri.getScheme())
          && uri.getHost() != null
          && allowsHost(uri.getHost())
          && orDefault(uri.getPort()) == orDefault(requestedPort);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static int orDefault(int port) {
    return port <= 0 ? HTTP_PORT : port;
  }

  private static String normal(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
  }
}

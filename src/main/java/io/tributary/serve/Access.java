package io.tributary.serve;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.http.javadsl.model.Host;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are allowed, by {@code Host}, {@code Origin} and token. Any page in an
 * operator's browser can reach loopback and much of the operator's network, also by a name of its
 * own that it makes point there (DNS rebinding); {@code Host} and {@code Origin} give such requests
 * away.
 */
final class Access {

  private static final String SCHEME = "Bearer ";
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final Set<String> names;
  private final Set<String> namesOfProxies = new HashSet<>();
  private final boolean anyAddress;
  private final boolean encrypted;
  private final Optional<AccessToken> token;

  /**
   * Allows the loopback names, the configured name and the bound address, with any port, since a
   * tunnel may use another one. Off loopback any IP address is allowed, since DNS rebinding needs a
   * name.
   *
   * @param configured host as the configuration names it
   * @param further names of proxies, which may terminate TLS
   * @param encrypted whether this server's own connections use TLS
   */
  Access(
      String configured,
      InetSocketAddress bound,
      List<String> further,
      boolean encrypted,
      Optional<AccessToken> token) {
    this.names = new HashSet<>(Set.of("localhost", "127.0.0.1", "::1", "0:0:0:0:0:0:0:1"));
    names.add(normal(configured));
    names.add(normal(bound.getAddress().getHostAddress()));
    further.forEach(name -> namesOfProxies.add(normal(name)));
    this.anyAddress = !bound.getAddress().isLoopbackAddress();
    this.encrypted = encrypted;
    this.token = token;
  }

  /**
   * The refusal of a request; null if it is allowed.
   *
   * @param open whether its path needs no token
   */
  @Nullable HttpResponse refusal(HttpRequest request, boolean open) {
    var host =
        request.getHeader(org.apache.pekko.http.javadsl.model.headers.Host.class).orElse(null);
    if (host == null || !allowsHost(host.host())) {
      return Answers.error(
          StatusCodes.FORBIDDEN,
          "this server does not answer to that Host; see http.allowed-hosts");
    }
    String origin = header(request, "Origin");
    if (!allowsOrigin(origin, host.port())) {
      return Answers.error(StatusCodes.FORBIDDEN, "pages of that Origin may not use this server");
    }
    if (changes(request) && comesFromAnotherPage(request, origin)) {
      return Answers.error(StatusCodes.FORBIDDEN, "only pages of this server may change anything");
    }
    if (!open && token.isPresent() && !knows(token.get(), header(request, "Authorization"))) {
      return Answers.error(
              StatusCodes.UNAUTHORIZED,
              "expected the token of this server, as in Authorization: Bearer TOKEN")
          .addHeader(RawHeader.create("WWW-Authenticate", "Bearer realm=\"tributary\""));
    }
    return null;
  }

  private static boolean changes(HttpRequest request) {
    return !request.method().equals(HttpMethods.GET);
  }

  /** Browsers send one or both headers, other programs neither. */
  private static boolean comesFromAnotherPage(HttpRequest request, @Nullable String origin) {
    String site = header(request, "Sec-Fetch-Site");
    return site != null && (!site.equals("same-origin") || origin == null);
  }

  private static boolean knows(AccessToken token, @Nullable String authorization) {
    return authorization != null
        && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && token.is(authorization.substring(SCHEME.length()).strip());
  }

  private static @Nullable String header(HttpRequest request, String name) {
    return request.getHeader(name).map(HttpHeader::value).orElse(null);
  }

  /** Whether requests with this {@code Host} are answered. */
  private boolean allowsHost(Host host) {
    return (anyAddress && (host.isIPv4() || host.isIPv6())) || allowsName(host.address());
  }

  private boolean allowsName(String host) {
    String name = normal(host);
    return names.contains(name) || namesOfProxies.contains(name);
  }

  /**
   * Whether requests with this {@code Origin} are answered; one without comes from no other page.
   *
   * @param requestedPort port of the request's {@code Host}, which must be the page's too; 0 if it
   *     has none
   */
  private boolean allowsOrigin(@Nullable String origin, int requestedPort) {
    if (origin == null) {
      return true;
    }
    try {
      URI uri = new URI(origin);
      if (uri.getHost() == null || uri.getScheme() == null) {
        return false;
      }
      boolean https = "https".equalsIgnoreCase(uri.getScheme());
      boolean scheme = https || "http".equalsIgnoreCase(uri.getScheme());
      boolean ours = https == encrypted || namesOfProxies.contains(normal(uri.getHost()));
      int defaultPort = https ? HTTPS_PORT : HTTP_PORT;
      return scheme
          && ours
          && allowsHost(Host.create(unbracketed(uri.getHost())))
          && port(uri.getPort(), defaultPort) == port(requestedPort, defaultPort);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static int port(int port, int otherwise) {
    return port <= 0 ? otherwise : port;
  }

  private static String normal(String host) {
    return unbracketed(host.toLowerCase(Locale.ROOT));
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}

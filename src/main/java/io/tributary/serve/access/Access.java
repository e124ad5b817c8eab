package io.tributary.serve.access;

import io.tributary.serve.Answers;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.Host;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.jspecify.annotations.Nullable;

/** Decides which requests are allowed, by {@code Host}, {@code Origin} and token. */
public final class Access {

  private static final String SCHEME = "Bearer ";

  private final AllowedHosts hosts;
  private final Optional<AccessToken> token;

  Access(AllowedHosts hosts, Optional<AccessToken> token) {
    this.hosts = hosts;
    this.token = token;
  }

  /**
   * Checks a request.
   *
   * @param open whether its path needs no token
   * @return the refusal; null if the request is allowed
   */
  public @Nullable HttpResponse refusal(HttpRequest request, boolean open) {
    Host host = request.getHeader(Host.class).orElse(null);
    if (host == null || !hosts.allowsHost(host.host())) {
      return Answers.error(
          StatusCodes.FORBIDDEN, "this server is not called by that Host; see http.allowed-hosts");
    }
    String origin = header(request, "Origin");
    if (!hosts.allowsOrigin(origin, host.port())) {
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
}

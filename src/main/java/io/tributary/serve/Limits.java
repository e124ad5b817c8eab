package io.tributary.serve;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import scala.concurrent.duration.FiniteDuration;

/**
 * Limits on what clients can use of the server.
 *
 * @param connections open at a time; further ones wait until one is closed
 * @param uriBytes length of a request's target
 * @param headers number of header lines, each of at most 8 KiB
 * @param bodyBytes size of a request's body
 * @param request time for a request's body to arrive, and for the answer to be made
 * @param idle time until a connection is closed on which no request has been completed or answered,
 *     however many bytes come or go
 * @param linger time for the last answer of a connection to reach a slow client
 */
public record Limits(
    int connections,
    int uriBytes,
    int headers,
    long bodyBytes,
    Duration request,
    Duration idle,
    Duration linger) {

  public static final Limits USUAL =
      new Limits(
          1024,
          2048,
          40,
          64 * 1024,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(5));

  /**
   * Longest wait for the outcome of an operator's action: somewhat less than a request may take.
   */
  Duration patience() {
    return request.multipliedBy(4).dividedBy(5);
  }

  ServerSettings applyTo(ServerSettings settings) {
    return settings
        .withServerHeader(Optional.empty())
        .withTransparentHeadRequests(true)
        .withTimeouts(
            settings.getTimeouts().withRequestTimeout(scala(request)).withIdleTimeout(scala(idle)))
        .withParserSettings(
            settings
                .getParserSettings()
                .withIllegalHeaderWarnings(false)
                .withMaxUriLength(uriBytes)
                .withMaxHeaderCount(headers)
                .withMaxContentLength(bodyBytes));
  }

  private static FiniteDuration scala(Duration duration) {
    return FiniteDuration.create(duration.toMillis(), "ms");
  }
}

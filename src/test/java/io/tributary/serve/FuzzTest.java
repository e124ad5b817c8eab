package io.tributary.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.protocol.ServiceControl.Action;
import io.tributary.testing.Slow;
import java.net.SocketException;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Bytes at random, and requests of random parts: each is answered or refused, and nothing ends. */
@Slow
class FuzzTest {
  private static TestServer server;

  @BeforeContainer
  static void bind() throws Exception {
    server = new TestServer();
  }

  @AfterContainer
  static void stop() {
    server.close();
  }

  @AfterProperty
  void othersAreServedAndNothingWasDone() throws Exception {
    assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(server.control.calls).isEmpty();
  }

  private static void requireRefusalOrNothing(String bytes, Charset charset) throws Exception {
    try {
      String answer = server.raw(bytes.getBytes(charset));
      if (!answer.isEmpty()) {
        assertThat(answer)
            .containsPattern("^HTTP/1\\.[01] [2-5]\\d\\d ")
            .doesNotContain("Exception");
        assertThat(answer).doesNotStartWith("HTTP/1.1 500");
      }
    } catch (SocketException e) {
      // the server has closed the connection while more was sent
    }
  }

  @Property(tries = 150)
  void bytesAtRandom(@ForAll byte[] bytes) throws Exception {
    requireRefusalOrNothing(new String(bytes, ISO_8859_1), ISO_8859_1);
  }

  @Property(tries = 200)
  void requestsOfRandomParts(@ForAll("requests") String request) throws Exception {
    requireRefusalOrNothing(request, ISO_8859_1);
  }

  @Property(tries = 150)
  void bodiesThatAreNearlyJson(@ForAll("nearlyJson") String body) throws Exception {
    String head =
        "PATCH /config HTTP/1.1\r\n%s\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
            .formatted(server.host(), body.getBytes(UTF_8).length);
    String answer = server.raw((head + body).getBytes(UTF_8));
    try {
      Map<String, String> settings = SettingsJson.read(body.getBytes(UTF_8));
      assertThat(answer).startsWith(settings.isEmpty() ? "HTTP/1.1 400" : "HTTP/1.1 200");
    } catch (SettingsJson.BadBodyException e) {
      assertThat(answer).startsWith("HTTP/1.1 400");
    }
    server.control.calls.clear();
  }

  @Provide
  Arbitrary<String> requests() {
    Arbitrary<String> noise =
        Arbitraries.strings().withCharRange('\u0000', '\u00ff').ofMaxLength(40);
    Arbitrary<String> method =
        Arbitraries.oneOf(
            Arbitraries.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"), noise);
    Arbitrary<String> path =
        Arbitraries.oneOf(
            Arbitraries.of(List.of(Action.values()))
                .map(action -> "/control/" + action.name().toLowerCase(java.util.Locale.ROOT)),
            Arbitraries.of("/", "/config", "/status", "*", "http://localhost/status"),
            noise.map(text -> "/" + text));
    Arbitrary<String> name =
        Arbitraries.oneOf(
            Arbitraries.of(
                "Host",
                "Origin",
                "Authorization",
                "Content-Length",
                "Content-Type",
                "Transfer-Encoding",
                "Expect",
                "Upgrade",
                "Connection",
                "Cookie",
                "Range",
                "Accept"),
            noise);
    Arbitrary<String> value =
        Arbitraries.oneOf(
            Arbitraries.of("localhost", "chunked", "100-continue", "websocket", "0", "-1", "close"),
            noise);
    Arbitrary<String> headers =
        Combinators.combine(name, value)
            .as((n, v) -> n + ": " + v + "\r\n")
            .list()
            .ofMaxSize(6)
            .map(lines -> String.join("", lines));
    return Combinators.combine(method, path, headers, noise)
        .as(
            (m, p, h, body) ->
                m + " " + p + " HTTP/1.1\r\n" + server.host() + "\r\n" + h + "\r\n" + body);
  }

  @Provide
  Arbitrary<String> nearlyJson() {
    return Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\"a\"",
            "\"a\":",
            "1",
            "-",
            "e9",
            ".5",
            "true",
            "null",
            "NaN",
            "\\u00",
            "\u00e9",
            " ",
            "//",
            "{\"a\":1",
            "{\"b\":{\"c\":")
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }
}

package io.tributary.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.tributary.protocol.ServiceControl.Done;
import io.tributary.protocol.ServiceControl.Invalid;
import io.tributary.protocol.ServiceControl.Unable;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators ask for over HTTP, and what they are told. */
class ControlHttpTest {
  private static TestServer server;

  @BeforeAll
  static void bind() throws Exception {
    server = new TestServer();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void done() {
    server.control.calls.clear();
    server.control.answer = CompletableFuture.completedFuture(new Done("as asked"));
  }

  private static HttpResponse<String> patch(String contentType, byte[] body) throws Exception {
    return server.send(
        server
            .request("/config")
            .header("Content-Type", contentType)
            .method("PATCH", BodyPublishers.ofByteArray(body)));
  }

  private static HttpResponse<String> patch(String json) throws Exception {
    return patch("application/json", json.getBytes(UTF_8));
  }

  private static String text(HttpResponse<String> response, String key) {
    return JsonParser.parseString(response.body()).getAsJsonObject().get(key).getAsString();
  }

  @ParameterizedTest
  @CsvSource({
    "pause-sampling, PAUSE_SAMPLING",
    "pause-learning, PAUSE_LEARNING",
    "resume, RESUME",
    "checkpoint, CHECKPOINT",
    "swap-proposal, SWAP_PROPOSAL",
    "drain, DRAIN",
  })
  void everyActionIsAPath(String path, String action) throws Exception {
    HttpResponse<String> response = server.post("/control/" + path);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(text(response, "done")).isEqualTo("as asked");
    assertThat(server.control.calls)
        .singleElement()
        .asString()
        .matches(action + " from 127\\.0\\.0\\.1:[0-9]+");
  }

  @ParameterizedTest
  @CsvSource({"drain-node, DRAIN_NODE", "dismiss-node, DISMISS_NODE"})
  void anActionOnANodeNamesIt(String path, String action) throws Exception {
    assertThat(post(path, "{\"node\": \"node-3\"}").statusCode()).isEqualTo(200);
    assertThat(server.control.calls)
        .singleElement()
        .asString()
        .startsWith(action + " node-3 from 127.0.0.1:");
    server.control.calls.clear();
    for (String body :
        new String[] {"", "{}", "{\"name\": \"node-3\"}", "{\"node\": \"a\", \"b\": 1}"}) {
      HttpResponse<String> response = post(path, body);
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(text(response, "error"))
          .isEqualTo(path + " takes the name of a node: expected a body as {\"node\": \"node-0\"}");
    }
    assertThat(server.control.calls).isEmpty();
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return server.send(
        server
            .request("/control/" + path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void whatIsNotAllowedIs400AndWhatCanNotBeDoneIs409() throws Exception {
    server.control.answer = CompletableFuture.completedFuture(new Invalid("no such thing"));
    assertThat(server.post("/control/resume").statusCode()).isEqualTo(400);
    server.control.answer = CompletableFuture.completedFuture(new Unable("nothing is paused"));
    HttpResponse<String> unable = server.post("/control/resume");
    assertThat(unable.statusCode()).isEqualTo(409);
    assertThat(text(unable, "error")).isEqualTo("nothing is paused");
  }

  @Test
  void aFaultOfTheControlIs500WithoutDetails() throws Exception {
    server.control.answer = CompletableFuture.failedFuture(new IllegalStateException("secret"));
    HttpResponse<String> response = server.post("/control/checkpoint");
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("secret");
  }

  @Test
  void settingsMayBeNestedOrHaveDots() throws Exception {
    String json =
        "{\"samplers\": {\"count\": 3}, \"checkpoint.interval\": \"10m\", \"a\": {\"b.c\": true}}";
    assertThat(patch(json).statusCode()).isEqualTo(200);
    assertThat(server.control.calls)
        .singleElement()
        .asString()
        .startsWith("{a.b.c=true, checkpoint.interval=10m, samplers.count=3} from 127.0.0.1:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e400", "123456789012345678901234567890", "-0", "0.1E-7"})
  void aNumberIsHandedOverAsItIsWritten(String number) throws Exception {
    assertThat(patch("{\"a\":" + number + "}").statusCode()).isEqualTo(200);
    assertThat(server.control.calls.get(0)).startsWith("{a=" + number + "} ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0000',
      value = {
        "             | not JSON: it is incomplete",
        "{            | not JSON: it is incomplete",
        "{\"a\": 1} x  | not JSON",
        "{\"a\": 1}{}  | not JSON",
        "{a: 1}       | not JSON: it is malformed at line 1 column 3",
        "{'a': 1}     | not JSON",
        "{\"a\": NaN}  | not JSON",
        "{\"a\": 01}   | not JSON",
        "{\"a\": 1,}   | not JSON",
        "[1]          | expected a JSON object of settings, not a list",
        "7            | expected a JSON object of settings, not a number",
        "{}           | nothing to change",
        "{\"a\": null} | \\\"a\\\": expected a string, a number, true or false, not null",
        "{\"a\": [1]}  | \\\"a\\\": expected a string, a number, true or false, not a list",
        "{\"a\": 1, \"a\": 1}              | \\\"a\\\" is given twice",
        "{\"a\": {\"b\": 1}, \"a.b\": 2}    | \\\"a.b\\\" is given twice",
      })
  void whatIsNoObjectOfSettingsIs400WithTheReason(String body, String reason) throws Exception {
    HttpResponse<String> response = patch(body == null ? "" : body);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains(reason);
    assertThat(server.control.calls).isEmpty();
  }

  @Test
  void deepNestingLongNumbersAndOtherEncodingsAre400() throws Exception {
    assertThat(patch("{\"a\":".repeat(10_000)).body()).contains("nested deeper than 16");
    assertThat(patch("[".repeat(60_000)).statusCode()).isEqualTo(400);
    assertThat(patch("{\"a\":" + "9".repeat(60_000) + "}").statusCode()).isEqualTo(400);
    byte[] latin = "{\"a\": \"\u00fc\"}".getBytes(ISO_8859_1);
    assertThat(patch("application/json", latin).body()).contains("not UTF-8");
    assertThat(server.control.calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream"
      })
  void whatAFormOfAPageCanSendIs415(String contentType) throws Exception {
    byte[] json = "{\"samplers.count\": 3}".getBytes(UTF_8);
    assertThat(patch(contentType, json).statusCode()).isEqualTo(415);
    for (byte[] body : new byte[][] {json, {}}) {
      HttpResponse<String> post =
          server.send(
              server
                  .request("/control/drain")
                  .header("Content-Type", contentType)
                  .POST(BodyPublishers.ofByteArray(body)));
      assertThat(post.statusCode()).isEqualTo(415);
    }
    assertThat(server.control.calls).isEmpty();
  }

  @Test
  void anActionTakesAnEmptyObjectButNoSettings() throws Exception {
    for (String body : new String[] {"{}", "{\"step\": 5}"}) {
      HttpResponse<String> response =
          server.send(
              server
                  .request("/control/checkpoint")
                  .header("Content-Type", "application/json; charset=utf-8")
                  .POST(BodyPublishers.ofString(body)));
      assertThat(response.statusCode()).isEqualTo(body.equals("{}") ? 200 : 400);
    }
    assertThat(server.control.calls).hasSize(1);
  }

  @Test
  void theConfigurationIsShownWithItsChanges() throws Exception {
    HttpResponse<String> response = server.get("/config");
    assertThat(JsonParser.parseString(response.body()))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"settings": {
                   "run.name": {"value": "tiny", "origin": "tiny.conf: 2", "changeable": false},
                   "samplers.count": {"value": 2, "origin": "changed", "changeable": true}},
                 "changes": [
                   {"at": "2026-01-01T00:00:00Z", "from": "127.0.0.1:4711",
                    "key": "samplers.count", "before": 1, "after": 2}]}
                """));
  }

  @Test
  void methodsThatAPathDoesNotHaveAre405() throws Exception {
    HttpResponse<String> get = server.get("/control/drain");
    assertThat(get.statusCode()).isEqualTo(405);
    assertThat(get.headers().firstValue("Allow")).contains("POST");
    HttpResponse<String> post = server.post("/config");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD, PATCH");
    assertThat(server.post("/control/halt").statusCode()).isEqualTo(404);
    assertThat(server.control.calls).isEmpty();
  }
}

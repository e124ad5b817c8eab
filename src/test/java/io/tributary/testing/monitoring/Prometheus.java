package io.tributary.testing.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.testing.Http;
import io.tributary.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A real Prometheus on a free port of loopback, with the configuration and rules of the repository.
 * They are changed as text, in three ways only: targets are others, the scrape and evaluation
 * intervals are a second, and in rules every duration in brackets, after {@code offset} and after
 * {@code for:}, and every number of seconds that an age is held against, is divided by {@value
 * #SHORTENED}, but is at least three.
 */
public final class Prometheus implements AutoCloseable {
  private static final int SHORTENED = 300;
  private static final long LEAST_MILLIS = 3000;
  private static final String INTERVAL = "1s";
  private static final Pattern LISTENING =
      Pattern.compile("msg=\"Listening on\".*address=(127\\.0\\.0\\.1:\\d+)");
  private static final Pattern DURATION =
      Pattern.compile("(\\[|offset |for: )(\\d+)([smhd])(?![a-z])");
  private static final Pattern AGE = Pattern.compile("(_age:seconds > )(\\d+)\\b");

  private final Process process;
  private final Http http;

  private Prometheus(Process process, Http http) {
    this.process = process;
    this.http = http;
  }

  /**
   * Starts one that scrapes the targets, and waits until it answers queries.
   *
   * @param directory for its files
   * @param targets base addresses of what answers {@code /metrics}; the first one tells of workers
   */
  public static Prometheus start(Path directory, URI... targets) throws IOException {
    String list =
        Arrays.stream(targets)
            .map(target -> "\"" + target.getAuthority() + "\"")
            .collect(Collectors.joining(", ", "[", "]"));
    try (Stream<Path> files = Files.list(Rules.FOLDER)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file);
        text =
            file.endsWith("prometheus.yml")
                ? text.replace("[\"127.0.0.1:8080\"]", list)
                    .replace("//127.0.0.1:8080/", "//" + targets[0].getAuthority() + "/")
                    .replaceAll("(?m)_interval: 15s$", "_interval: " + INTERVAL)
                : shortened(text);
        Files.writeString(directory.resolve(file.getFileName()), text);
      }
    }
    Path log = directory.resolve("prometheus.log");
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + directory.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:0")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      Waiting.until(
          "it listens, see " + log,
          process::isAlive,
          () -> LISTENING.matcher(Files.readString(log)).find());
      Matcher listening = LISTENING.matcher(Files.readString(log));
      assertThat(listening.find()).isTrue();
      Http http = new Http(URI.create("http://" + listening.group(1)));
      Waiting.until( // it listens, and answers 503, before it has opened its storage
          "it is ready, see " + log,
          process::isAlive,
          () -> http.get("/-/ready").statusCode() == 200);
      return new Prometheus(process, http);
    } catch (IOException | RuntimeException | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Rules whose durations are a {@value #SHORTENED}th. */
  public static String shortened(String rules) {
    String durations = DURATION.matcher(rules).replaceAll(Prometheus::shorter);
    return AGE.matcher(durations)
        .replaceAll(age -> age.group(1) + millis(Long.parseLong(age.group(2))) / 1e3);
  }

  private static long millis(long seconds) {
    return Math.max(LEAST_MILLIS, seconds * 1000 / SHORTENED);
  }

  private static String shorter(MatchResult duration) {
    long seconds =
        Long.parseLong(duration.group(2))
            * switch (duration.group(3)) {
              case "s" -> 1;
              case "m" -> 60;
              case "h" -> 3600;
              default -> 86_400;
            };
    return duration.group(1) + millis(seconds) + "ms";
  }

  /** What an expression is now: one object with labels and a value for each series. */
  public List<JsonObject> query(String expression) {
    JsonObject answer = post("/api/v1/query", "query=" + encoded(expression));
    assertThat(answer.get("status").getAsString())
        .as("%s: %s", expression, answer)
        .isEqualTo("success");
    return objects(answer.getAsJsonObject("data").getAsJsonArray("result"));
  }

  /** The values of a label of the series that a selector matches. */
  public List<String> labelValues(String label, String selector) {
    JsonObject answer =
        get("/api/v1/label/%s/values?match[]=%s".formatted(label, encoded(selector)));
    return answer.getAsJsonArray("data").asList().stream().map(JsonElement::getAsString).toList();
  }

  /**
   * An alert that fires.
   *
   * @param instance host and port of the service that it fires on
   * @param kind its name and, behind a blank, what it says of reason, stage or weight, if anything
   */
  public record Firing(String instance, String kind) {
    private static Firing of(JsonObject labels) {
      String kind =
          Stream.of("alertname", "reason", "stage", "weight")
              .filter(labels::has)
              .map(label -> labels.get(label).getAsString())
              .collect(Collectors.joining(" "));
      return new Firing(labels.get("instance").getAsString(), kind);
    }
  }

  /** The alerts that fire, not those that are pending. */
  public List<Firing> firing() {
    return objects(get("/api/v1/alerts").getAsJsonObject("data").getAsJsonArray("alerts")).stream()
        .filter(alert -> alert.get("state").getAsString().equals("firing"))
        .map(alert -> Firing.of(alert.getAsJsonObject("labels")))
        .toList();
  }

  /** Errors of rules that can't be evaluated. */
  public List<String> ruleErrors() {
    return objects(get("/api/v1/rules").getAsJsonObject("data").getAsJsonArray("groups")).stream()
        .flatMap(group -> objects(group.getAsJsonArray("rules")).stream())
        .filter(rule -> !rule.get("health").getAsString().equals("ok"))
        .map(JsonObject::toString)
        .toList();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  private JsonObject get(String path) {
    return answer(http.request(path.replace("[]", "%5B%5D")));
  }

  private JsonObject post(String path, String form) {
    return answer(
        http.request(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form)));
  }

  private JsonObject answer(HttpRequest.Builder request) {
    try {
      return JsonParser.parseString(http.send(request).body()).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Prometheus was asked", e);
    }
  }

  private static List<JsonObject> objects(Iterable<JsonElement> array) {
    Stream.Builder<JsonObject> objects = Stream.builder();
    array.forEach(each -> objects.add(each.getAsJsonObject()));
    return objects.build().toList();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}

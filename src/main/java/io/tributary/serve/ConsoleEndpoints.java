package io.tributary.serve;

import com.google.gson.JsonElement;
import io.tributary.metrics.SampleRow;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;

/**
 * The console page, and the data it shows besides status and settings. The page's files come from
 * the jar and hold nothing of the run, so they need no token; the page asks for one.
 */
record ConsoleEndpoints(RunHistory history) {
  private static final int DEFAULT_SAMPLES = 10;

  /** Resource and media type of each file, by path. */
  private static final Map<String, String[]> FILES =
      Map.ofEntries(
          file("/", "index.html", "text/html"),
          file("style.css", "text/css"),
          file("icon.svg", "image/svg+xml"),
          file("main.js", "text/javascript"),
          file("api.js", "text/javascript"),
          file("charts.js", "text/javascript"),
          file("controls.js", "text/javascript"),
          file("dom.js", "text/javascript"),
          file("format.js", "text/javascript"),
          file("history.js", "text/javascript"),
          file("nodes.js", "text/javascript"),
          file("stream.js", "text/javascript"),
          file("tables.js", "text/javascript"),
          file("uplot/uPlot.esm.js", "text/javascript"),
          file("uplot/uPlot.min.css", "text/css"));

  private static Map.Entry<String, String[]> file(String name, String mediaType) {
    return file("/console/" + name, name, mediaType);
  }

  private static Map.Entry<String, String[]> file(String path, String name, String mediaType) {
    return Map.entry(path, new String[] {name, mediaType});
  }

  /** Whether this is the path of one of the page's own files. */
  static boolean isFile(String path) {
    return FILES.containsKey(path);
  }

  void addTo(Routes routes) {
    FILES.forEach(
        (path, file) -> {
          HttpEntity.Strict entity =
              HttpEntities.create(ContentTypes.parse(file[1] + "; charset=UTF-8"), read(file[0]));
          routes.openGet(path, call -> HttpResponse.create().withEntity(entity));
        });
    routes.get("/samples", this::samples).get("/history", this::history);
  }

  private static byte[] read(String name) {
    try (InputStream file = ConsoleEndpoints.class.getResourceAsStream("console/" + name)) {
      if (file == null) {
        throw new IllegalStateException("the console's file %s is missing".formatted(name));
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Samples(List<JsonElement> samples) {}

  private HttpResponse samples(Routes.Call call) {
    String wanted = call.parameter("n").orElse(Integer.toString(DEFAULT_SAMPLES));
    if (!wanted.matches("\\d{1,4}")
        || Integer.parseInt(wanted) < 1
        || Integer.parseInt(wanted) > RunHistory.MOST_SEQUENCES) {
      return Answers.error(
          StatusCodes.BAD_REQUEST,
          "n must be a whole number from 1 to %d, got %s"
              .formatted(RunHistory.MOST_SEQUENCES, shown(wanted)));
    }
    return Answers.json(
        StatusCodes.OK,
        new Samples(history.latest(Integer.parseInt(wanted)).stream().map(SampleRow::of).toList()));
  }

  private HttpResponse history(Routes.Call call) {
    String since = call.parameter("since").orElse("-1");
    if (!since.matches("-1|\\d{1,18}")) {
      return Answers.error(
          StatusCodes.BAD_REQUEST, "since must be a learner step, at least 0, got " + shown(since));
    }
    return Answers.json(StatusCodes.OK, history.since(Long.parseLong(since)));
  }

  private static String shown(String value) {
    return '"' + (value.length() > 40 ? value.substring(0, 40) + "…" : value) + '"';
  }
}

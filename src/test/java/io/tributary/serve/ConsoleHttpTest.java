package io.tributary.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.data.LearnedSequence;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The console page's files, and the data that it shows. */
class ConsoleHttpTest {
  private static final Path FILES = Path.of("src/main/resources/io/tributary/serve/console");
  private static TestServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new TestServer();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static LearnedSequence sequence(int index, String text, double logWeight) {
    return new LearnedSequence(12, 3, index, 2, text, -4.5, logWeight, Map.of("amazing", 1.0));
  }

  private static JsonObject json(String path) throws Exception {
    HttpResponse<String> response = server.get(path);
    assertThat(response.statusCode()).isEqualTo(200);
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  @Test
  void thePageIsServedWithAllItsFiles() throws Exception {
    HttpResponse<String> page = server.get("/");
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=UTF-8");
    assertThat(page.body()).startsWith("<!doctype html>");
    try (Stream<Path> files = Files.walk(FILES)) {
      for (Path file : files.filter(ConsoleHttpTest::isServed).toList()) {
        HttpResponse<String> response =
            server.get("/console/" + FILES.relativize(file).toString().replace('\\', '/'));
        assertThat(response.body()).as(file.toString()).isEqualTo(Files.readString(file));
      }
    }
    assertThat(server.get("/console/main.js").headers().firstValue("Content-Type"))
        .contains("text/javascript; charset=UTF-8");
  }

  private static boolean isServed(Path file) {
    return file.toString().matches(".*\\.(js|css|svg)");
  }

  @Test
  void nothingOnThePageComesFromElsewhereOrIsInline() throws Exception {
    String page = Files.readString(FILES.resolve("index.html"));
    assertThat(page).doesNotContainPattern("<script(?![^>]*src=)|<style|style=|\\son\\w+=|https?:");
    try (Stream<Path> files = Files.list(FILES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".js")).toList()) {
        assertThat(Files.readString(file).replace("http://www.w3.org/2000/svg", ""))
            .as(file.toString())
            .doesNotContainPattern("innerHTML|outerHTML|insertAdjacentHTML|https?:|eval\\(");
      }
    }
  }

  @Test
  void theChartingLibraryIsTheOneThatItsReadmeNames() throws Exception {
    String readme = Files.readString(FILES.resolve("uplot/README.md"));
    String library = Files.readString(FILES.resolve("uplot/uPlot.esm.js"));
    var version = Pattern.compile("leeoniya/uPlot \\(v([\\d.]+)\\)").matcher(library);
    assertThat(version.find()).isTrue();
    assertThat(readme).contains("uplot " + version.group(1));
    assertThat(FILES.resolve("uplot/LICENSE"))
        .content()
        .contains("The MIT License", "Leon Sorokin");
  }

  @Test
  void theLatestSequencesComeFirst() throws Exception {
    server.history.learned(
        IntStream.range(0, 300).mapToObj(i -> sequence(i, "text " + i, Math.log(0.25))).toList());
    server.history.learned(
        List.of(
            sequence(7, "<b>\"bold\"</b>", Double.NEGATIVE_INFINITY), sequence(8, "last", 1e4)));
    JsonObject rows = json("/samples?n=3");
    assertThat(rows)
        .isEqualTo(
            JsonParser.parseString(
                """
                {"samples": [
                  {"step": 12, "draw": 3, "index": 8, "proposal_version": 2, "text": "last",
                   "log_proposal": -4.5, "weight": null, "features": {"amazing": 1}},
                  {"step": 12, "draw": 3, "index": 7, "proposal_version": 2,
                   "text": "<b>\\"bold\\"</b>",
                   "log_proposal": -4.5, "weight": 0, "features": {"amazing": 1}},
                  {"step": 12, "draw": 3, "index": 299, "proposal_version": 2, "text": "text 299",
                   "log_proposal": -4.5, "weight": 0.25, "features": {"amazing": 1}}]}
                """));
    assertThat(json("/samples").getAsJsonArray("samples")).hasSize(10);
    assertThat(json("/samples?n=100").getAsJsonArray("samples")).hasSize(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "101", "-1", "ten", "", "1e1", "99999999999"})
  void aNumberOfSequencesThatCanNotBeShownIsRefused(String number) throws Exception {
    HttpResponse<String> response = server.get("/samples?n=" + number);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("n must be a whole number from 1 to 100", number);
  }

  @Test
  void theHistoryIsToldFromAStepOn() throws Exception {
    assertThat(json("/history").keySet())
        .isEqualTo(
            new TreeSet<>(List.of("evaluations", "replacements", "series", "steps", "stride")));
    assertThat(json("/history?since=0").get("stride").getAsInt()).isEqualTo(1);
    HttpResponse<String> response = server.get("/history?since=yesterday");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("since must be a learner step", "yesterday");
  }
}

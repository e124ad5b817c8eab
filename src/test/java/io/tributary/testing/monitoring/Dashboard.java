package io.tributary.testing.monitoring;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A Grafana dashboard of the repository. */
public record Dashboard(Path file, JsonObject json) {

  public static final Path FOLDER = Path.of("dashboards/grafana/dashboards");

  /** A question that a dashboard asks Prometheus, and where. */
  public record Query(String where, String expression) {}

  /** All of them, by the names of their files. */
  public static List<Dashboard> all() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Dashboard> dashboards = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        JsonElement json = JsonParser.parseString(Files.readString(file));
        dashboards.add(new Dashboard(file, json.getAsJsonObject()));
      }
      return dashboards;
    }
  }

  public String text(String property) {
    return json.get(property).getAsString();
  }

  /** All panels but the rows that group them. */
  public List<JsonObject> panels() {
    return objects("panels").filter(p -> !p.get("type").getAsString().equals("row")).toList();
  }

  public List<JsonObject> variables() {
    return list("templating");
  }

  /** What marks moments in the panels, Grafana's own annotations aside. */
  public List<JsonObject> annotations() {
    return list("annotations").stream().filter(each -> !each.has("builtIn")).toList();
  }

  /** The queries of all panels. */
  public List<Query> panelQueries() {
    List<Query> queries = new ArrayList<>();
    for (JsonObject panel : panels()) {
      String where = text("title") + ", " + panel.get("title").getAsString();
      expressions(panel).forEach(expression -> queries.add(new Query(where, expression)));
    }
    return queries;
  }

  /** The queries of all annotations. */
  public List<Query> annotationQueries() {
    return annotations().stream()
        .map(
            each ->
                new Query(
                    text("title") + ", annotation " + each.get("name").getAsString(),
                    each.get("expr").getAsString()))
        .toList();
  }

  /** The queries that variables get their values by: {@code label_values(series, label)}. */
  public List<Query> variableQueries() {
    return variables().stream()
        .filter(variable -> variable.get("type").getAsString().equals("query"))
        .map(
            variable ->
                new Query(
                    text("title") + ", variable " + variable.get("name").getAsString(),
                    variable.getAsJsonObject("query").get("query").getAsString()))
        .toList();
  }

  public static List<String> expressions(JsonObject panel) {
    return panel.getAsJsonArray("targets").asList().stream()
        .map(target -> target.getAsJsonObject().get("expr").getAsString())
        .toList();
  }

  private List<JsonObject> list(String property) {
    return json.getAsJsonObject(property).getAsJsonArray("list").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  public Stream<JsonObject> objects(String property) {
    return json.getAsJsonArray(property).asList().stream().map(JsonElement::getAsJsonObject);
  }
}

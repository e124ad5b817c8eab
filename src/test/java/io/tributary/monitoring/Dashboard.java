package io.tributary.monitoring;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Grafana dashboard of the repository. */
record Dashboard(Path file, JsonObject json) {

  static final Path FOLDER = Path.of("dashboards");

  static List<Dashboard> all() throws IOException {
    try (var files = Files.list(FOLDER)) {
      List<Dashboard> dashboards = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
        JsonElement json = JsonParser.parseString(Files.readString(file));
        dashboards.add(new Dashboard(file, json.getAsJsonObject()));
      }
      return dashboards;
    }
  }

  /** All panels but the rows that group them. */
  List<JsonObject> panels() {
    return json.getAsJsonArray("panels").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .filter(panel -> !panel.get("type").getAsString().equals("row"))
        .toList();
  }

  static List<String> expressions(JsonObject panel) {
    return panel.getAsJsonArray("targets").asList().stream()
        .map(target -> target.getAsJsonObject().get("expr").getAsString())
        .toList();
  }
}

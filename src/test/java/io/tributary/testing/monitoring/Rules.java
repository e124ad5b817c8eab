package io.tributary.testing.monitoring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The Prometheus rules of the repository. */
public final class Rules {
  public static final Path FOLDER = Path.of("dashboards/prometheus");

  private Rules() {}

  /**
   * A rule.
   *
   * @param name of the recorded series, or of the alert
   * @param labels of an alert; empty for a recording
   * @param annotations of an alert; empty for a recording
   */
  public record Rule(
      String name,
      String expression,
      Map<String, String> labels,
      Map<String, String> annotations) {}

  /** All recording rules. */
  public static List<Rule> recordings() throws IOException {
    return rules("recording.yml", "record");
  }

  /** All alerts. */
  public static List<Rule> alerts() throws IOException {
    return rules("alerts.yml", "alert");
  }

  private static List<Rule> rules(String file, String kind) throws IOException {
    return objects(yaml(FOLDER.resolve(file)), "groups").stream()
        .flatMap(group -> objects(group, "rules").stream())
        .map(
            rule ->
                new Rule(
                    (String) rule.get(kind),
                    (String) rule.get("expr"),
                    strings(rule.get("labels")),
                    strings(rule.get("annotations"))))
        .toList();
  }

  @SuppressWarnings("unchecked")
  public static Map<String, Object> yaml(Path file) throws IOException {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    return (Map<String, Object>) yaml.load(Files.readString(file));
  }

  @SuppressWarnings("unchecked")
  public static List<Map<String, Object>> objects(Map<String, Object> yaml, String key) {
    return (List<Map<String, Object>>) yaml.get(key);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> strings(Object yaml) {
    return yaml == null ? Map.of() : Map.copyOf((Map<String, String>) yaml);
  }
}

package io.tributary.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.monitoring.Dashboard;
import io.tributary.testing.monitoring.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What starts Prometheus and Grafana, as far as it can be judged without starting containers. */
@SuppressWarnings("unchecked")
class ProvisioningTest {
  private static final Path FOLDER = Path.of("dashboards");
  private static final Path GRAFANA = FOLDER.resolve("grafana/provisioning");

  private static Map<String, Map<String, Object>> services() throws IOException {
    return (Map<String, Map<String, Object>>)
        Rules.yaml(FOLDER.resolve("compose.yaml")).get("services");
  }

  @Test
  void theImagesAreFixedVersionsOnTheNetworkOfTheMachine() throws IOException {
    assertThat(services()).containsOnlyKeys("prometheus", "grafana");
    services()
        .forEach(
            (name, service) -> {
              assertThat((String) service.get("image")).matches("[\\w/]+:v?\\d+\\.\\d+\\.\\d+");
              assertThat(service.get("network_mode")).as(name).isEqualTo("host");
            });
  }

  @Test
  void nothingListensBeyondLoopback() throws IOException {
    assertThat((List<String>) services().get("prometheus").get("command"))
        .contains("--web.listen-address=127.0.0.1:9090");
    assertThat((Map<String, String>) services().get("grafana").get("environment"))
        .containsEntry("GF_SERVER_HTTP_ADDR", "127.0.0.1")
        .containsEntry("GF_AUTH_ANONYMOUS_ORG_ROLE", "Viewer");
  }

  @Test
  void whatIsMountedIsThereAndWhereItIsLookedFor() throws IOException {
    Map<String, Object> volumes =
        (Map<String, Object>) Rules.yaml(FOLDER.resolve("compose.yaml")).get("volumes");
    services()
        .forEach(
            (name, service) -> {
              for (String mount : (List<String>) service.get("volumes")) {
                String source = mount.substring(0, mount.indexOf(':'));
                if (source.startsWith("./")) {
                  assertThat(FOLDER.resolve(source)).isDirectory();
                  assertThat(mount).as("never written to").endsWith(":ro");
                } else {
                  assertThat(volumes).containsKey(source);
                }
              }
            });
    assertThat((List<String>) services().get("grafana").get("volumes"))
        .contains("./grafana/dashboards:" + dashboardsFolder() + ":ro")
        .contains("./grafana/provisioning:/etc/grafana/provisioning:ro");
    String home =
        ((Map<String, String>) services().get("grafana").get("environment"))
            .get("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH");
    assertThat(home).startsWith(dashboardsFolder());
    assertThat(Dashboard.FOLDER.resolve(Path.of(home).getFileName())).exists();
  }

  private static String dashboardsFolder() throws IOException {
    Map<String, Object> file = Rules.yaml(GRAFANA.resolve("dashboards/tributary.yml"));
    Map<String, Object> provider = Rules.objects(file, "providers").get(0);
    return ((Map<String, String>) provider.get("options")).get("path");
  }

  @Test
  void grafanaAsksThePrometheusThatIsStartedAndKnowsItsInterval() throws IOException {
    Map<String, Object> file = Rules.yaml(GRAFANA.resolve("datasources/prometheus.yml"));
    Map<String, Object> source = Rules.objects(file, "datasources").get(0);
    assertThat(source)
        .containsEntry("type", "prometheus")
        .containsEntry("url", "http://127.0.0.1:9090");
    Map<String, Object> global =
        (Map<String, Object>) Rules.yaml(Rules.FOLDER.resolve("prometheus.yml")).get("global");
    assertThat(((Map<String, Object>) source.get("jsonData")).get("timeInterval"))
        .isEqualTo(global.get("scrape_interval"));
  }

  @Test
  void prometheusScrapesWhereAServiceListensIfNotToldOtherwise() throws IOException {
    String reference = Files.readString(Path.of("src/main/resources/reference.conf"));
    assertThat(reference).containsPattern(Pattern.compile("(?s)http \\{.*?host = \"127.0.0.1\""));
    assertThat(reference).containsPattern(Pattern.compile("(?s)http \\{.*?port = 8080"));
    assertThat(Files.readString(Rules.FOLDER.resolve("prometheus.yml")))
        .contains("targets: [\"127.0.0.1:8080\"]");
  }
}

package io.tributary.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The image, and the files that start it without Kubernetes. */
class ContainersTest {
  private static final Set<String> SERVICE_KEYS =
      Set.of(
          "cap_drop",
          "command",
          "environment",
          "hostname",
          "image",
          "init",
          "ports",
          "read_only",
          "restart",
          "security_opt",
          "stop_grace_period",
          "tmpfs",
          "volumes");

  @TempDir private Path directory;

  @SuppressWarnings("unchecked")
  private static Map<String, Map<String, Object>> section(String name) throws IOException {
    Map<String, Object> compose =
        new Yaml().load(Files.readString(Deployed.FOLDER.resolve("compose.yaml")));
    return (Map<String, Map<String, Object>>) compose.get(name);
  }

  @SuppressWarnings("unchecked")
  private static List<String> strings(Map<String, Object> service, String key) {
    return (List<String>) service.get(key);
  }

  @Test
  void composeStartsATrainerAndWorkersThatFindIt() throws IOException {
    Map<String, Map<String, Object>> services = section("services");
    assertThat(services).containsOnlyKeys("trainer", "worker-1", "worker-2");
    for (Map.Entry<String, Map<String, Object>> each : services.entrySet()) {
      assertThat(SERVICE_KEYS).containsAll(each.getValue().keySet());
      assertThat(each.getValue()).containsEntry("hostname", each.getKey());
      Deployed.requireUsage(strings(each.getValue(), "command"));
      assertThat(strings(each.getValue(), "volumes"))
          .containsExactly(each.getKey() + ":/var/lib/tributary", "./tls:/etc/tributary/tls:ro");
      assertThat(section("volumes")).containsKey(each.getKey());
      if (!each.getKey().equals("trainer")) {
        assertThat(strings(each.getValue(), "command"))
            .contains("--trainer=trainer", "--host=" + each.getKey());
      }
    }
  }

  @Test
  void theTrainersSettingsAreThoseOfAConfiguration() throws IOException {
    List<String> command = strings(section("services").get("trainer"), "command");
    Map<String, String> settings =
        command.stream()
            .filter(argument -> argument.startsWith("-D"))
            .map(argument -> argument.substring(2).split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    assertThat(command).contains("--config=/opt/tributary/conf/quickstart.conf");
    Deployed.configuration(
        directory, "include file(\"/opt/tributary/conf/quickstart.conf\")", settings);
  }

  @Test
  void theImageRunsTheProgramAsAUserOfItsOwn() throws IOException {
    List<String> lines = Files.readAllLines(Deployed.FOLDER.resolve("Dockerfile"));
    assertThat(lines)
        .contains("USER 10001:10001", "EXPOSE 8080 17355 17356")
        .contains("ENTRYPOINT [\"%s\"]".formatted(Deployed.PROGRAM))
        .anyMatch(line -> line.matches("FROM eclipse-temurin:17\\.[\\w.-]+"));
    String pom = Files.readString(Path.of("pom.xml"));
    assertThat(pom)
        .contains("prefix=\"${distribution}/bin\" file=\"${project.basedir}/scripts/tributary\"");
  }

  @Test
  void theScriptOfSlurmIsOneOfBashWithOptionsThatExist() throws Exception {
    Path script = Deployed.FOLDER.resolve("slurm/tributary.sbatch");
    Process bash =
        new ProcessBuilder("bash", "-n", script.toString()).redirectErrorStream(true).start();
    assertThat(new String(bash.getInputStream().readAllBytes(), UTF_8)).isEmpty();
    assertThat(bash.waitFor()).isZero();
    String text = Files.readString(script).replace("\\\n", " ").replace("\"", "");
    for (String verb : List.of(" run -c ", " worker --trainer ")) {
      String command = text.substring(text.indexOf(verb)).lines().findFirst().orElseThrow();
      Deployed.requireUsage(List.of(command.replaceFirst(" &$", "").strip().split("\\s+")));
    }
  }
}

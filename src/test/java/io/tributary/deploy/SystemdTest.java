package io.tributary.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.membership.TrainerEvent.TrainerLost;
import io.tributary.run.cluster.WorkerProcess;
import io.tributary.testing.TestTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdTest {
  private static final Path FOLDER = Deployed.FOLDER.resolve("systemd");

  @TempDir private Path directory;

  /** What systemd says against a unit, with another program that is there. */
  private String objections(String name, String unit) throws Exception {
    TestTools.require("systemd-analyze");
    Path file =
        Files.writeString(directory.resolve(name), unit.replace(Deployed.PROGRAM, "/bin/true"));
    Process verify =
        new ProcessBuilder("systemd-analyze", "verify", file.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(verify.getInputStream().readAllBytes(), UTF_8);
    return verify.waitFor() == 0 ? output : output + "failed";
  }

  private static String unit(String name) throws IOException {
    return Files.readString(FOLDER.resolve(name));
  }

  /** The last of each setting. */
  private static Map<String, String> settings(String unit) {
    return unit.lines()
        .filter(line -> line.matches("[A-Z]\\w+=.*"))
        .map(line -> line.split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (first, last) -> last));
  }

  @Test
  void systemdHasNothingAgainstTheUnits() throws Exception {
    for (String name : List.of("tributary-trainer.service", "tributary-worker.service")) {
      assertThat(objections(name, unit(name))).isEmpty();
    }
    assertThat(
            objections("bad.service", unit("tributary-worker.service") + "[Service]\nRestat=no\n"))
        .contains("Restat");
  }

  @Test
  void theTrainerIsStartedAgainUnlessItsConfigurationIsWrong() throws IOException {
    Map<String, String> settings = settings(unit("tributary-trainer.service"));
    Deployed.requireUsage(Deployed.words(settings.get("ExecStart")));
    assertThat(settings)
        .containsEntry("Restart", "on-failure")
        .containsEntry("RestartPreventExitStatus", "2")
        .containsEntry("SuccessExitStatus", "143");
    assertThat(Integer.parseInt(settings.get("TimeoutStopSec"))).isGreaterThanOrEqualTo(75);
  }

  @Test
  void aWorkerIsStartedAgainWhenItHasLostItsTrainer() throws IOException {
    Map<String, String> settings = settings(unit("tributary-worker.service"));
    Deployed.requireUsage(Deployed.words(settings.get("ExecStart")));
    assertThat(settings)
        .containsEntry("RestartForceExitStatus", Integer.toString(TrainerLost.EXIT_CODE))
        .containsEntry("RestartPreventExitStatus", "2");
    assertThat(Long.parseLong(settings.get("TimeoutStopSec")))
        .isGreaterThan(WorkerProcess.GRACE.plusSeconds(30).toSeconds());
  }
}

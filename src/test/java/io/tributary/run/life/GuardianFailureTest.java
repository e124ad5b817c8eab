package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.EffectiveConfig;
import io.tributary.data.BadInputException;
import io.tributary.protocol.ServiceControl;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Unable;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.watch.RunConsole;
import io.tributary.testing.Cli;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the guardian of a run throws is what the user is told. */
@ExtendWith(TorchExtension.class)
class GuardianFailureTest {
  private static final Path FORMER = Path.of("src/test/resources/checkpoints/0.1.0");
  static final String NO_DEVICE = "samplers.devices: there is no gpu7";

  @TempDir private static Path directory;
  private static TinyRun tiny;
  private final StringWriter shown = new StringWriter();

  @BeforeAll
  static void write() throws IOException {
    tiny = new TinyRun(directory);
  }

  private TrainingService service(
      String name, Map<String, String> overrides, UnaryOperator<WorkerBehaviors> change) {
    return new TrainingService(
        EffectiveConfig.of(tiny.config(name, overrides)),
        new RunConsole(new PrintWriter(shown), false),
        event -> {},
        (parts, metrics) -> change.apply(WorkerBehaviors.of(parts, metrics)),
        Clock.systemUTC());
  }

  /** Samplers that can't be had at this place and those after it. */
  static UnaryOperator<WorkerBehaviors> noSamplerFrom(int first) {
    return workers ->
        new WorkerBehaviors(
            place -> {
              if (place >= first) {
                throw new BadInputException(NO_DEVICE);
              }
              return workers.sampler().apply(place);
            },
            workers.scorer());
  }

  @Test
  void whatThrowsWhileARunIsSetUpIsItsFailure() {
    TrainingService service = service("set-up", Map.of(), noSamplerFrom(0));
    assertThatThrownBy(() -> service.run(TrainingService.Resume.NO))
        .isInstanceOf(BadInputException.class)
        .hasMessage(NO_DEVICE);
  }

  @Test
  void whatThrowsWhileARunIsUnderWayIsItsFailure() throws Exception {
    TrainingService service =
        service("changed", Map.of("run.steps", "100000000"), noSamplerFrom(1));
    CompletableFuture<Void> run =
        CompletableFuture.runAsync(() -> service.run(TrainingService.Resume.NO));
    ServiceControl control = service.control().toCompletableFuture().get(30, TimeUnit.SECONDS);
    while (control.perform(Action.PAUSE_LEARNING, "test").toCompletableFuture().join()
        instanceof Unable) {
      Thread.sleep(5); // it has not begun
    }
    assertThat(control.change(Map.of("samplers.count", "2"), "test").toCompletableFuture())
        .succeedsWithin(30, TimeUnit.SECONDS)
        .isEqualTo(new Unable("it failed: " + NO_DEVICE));
    assertThat(run)
        .failsWithin(30, TimeUnit.SECONDS)
        .withThrowableThat()
        .withCauseInstanceOf(BadInputException.class)
        .withMessageContaining(NO_DEVICE);
  }

  @Test
  void aCheckpointWithTheLambdasOfAnotherTargetIsRefused() throws Exception {
    Path checkpoint = directory.resolve("runs/other/checkpoints/step-00000008");
    Files.createDirectories(checkpoint);
    for (String name :
        List.of("policy.safetensors", "proposal.safetensors", "optimizer.safetensors")) {
      Files.copy(FORMER.resolve("gdc/step-00000008").resolve(name), checkpoint.resolve(name));
    }
    String state = Files.readString(FORMER.resolve("gdc/step-00000008/state.json"));
    String manifest = Files.readString(FORMER.resolve("gdc/step-00000008/manifest.json"));
    String changed = state.replaceFirst("\"lambdas\": \\{\\}", "\"lambdas\": {\"other\": 1.0}");
    assertThat(changed).isNotEqualTo(state);
    Files.writeString(checkpoint.resolve("state.json"), changed);
    Files.writeString(
        checkpoint.resolve("manifest.json"),
        manifest
            .replace("\"bytes\": " + state.length(), "\"bytes\": " + changed.length())
            .replace(sha256(state), sha256(changed)));

    Cli cli =
        Cli.run(
            "run",
            "--resume",
            "-c",
            FORMER.resolve("gdc/run.conf").toString(),
            "-D",
            "run.name=other",
            "-D",
            "run.directory=" + directory.resolve("runs"),
            "-D",
            "model.base=" + FORMER.resolve("model").toAbsolutePath());
    assertThat(cli.err())
        .startsWith("tributary run: ")
        .contains("the checkpoint of step 8", "lambdas of [other] given, expected those of []")
        .hasLineCount(1);
    assertThat(cli.exitCode()).isEqualTo(2);
  }

  private static String sha256(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}

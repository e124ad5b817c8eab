package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import io.tributary.cli.Tributary;
import io.tributary.io.JsonLines;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.testing.TorchExtension;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Resumes checkpoints that version 0.1.0 wrote at step 8 of 12, and compares the last four steps
 * with those that it made itself.
 */
@ExtendWith(TorchExtension.class)
class FormerCheckpointTest {
  private static final Path FORMER = Path.of("src/test/resources/checkpoints/0.1.0");

  /** Another processor may round float32 otherwise. */
  private static final double RELATIVE_ERROR = 1e-4;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"gdc", "kl-control"})
  void theStepsAfterACheckpointOfVersion010AreThoseOfThatVersion(String name) throws IOException {
    Path former = FORMER.resolve(name);
    Path home = directory.resolve(name);
    copy(former.resolve("step-00000008"), home.resolve("checkpoints").resolve("step-00000008"));

    StringWriter told = new StringWriter();
    int exitCode =
        Tributary.commandLine()
            .setOut(new PrintWriter(told))
            .setErr(new PrintWriter(told))
            .execute(
                "run",
                "--resume",
                "-c",
                former.resolve("run.conf").toString(),
                "-D",
                "run.name=" + name,
                "-D",
                "run.directory=" + directory,
                "-D",
                "objective.credit=sequence", // that version knew no other
                "-D",
                "model.base=" + FORMER.resolve("model").toAbsolutePath());

    assertThat(exitCode).as("%s", told).isZero();
    List<JsonObject> expected = rows(former.resolve("metrics.jsonl"));
    List<JsonObject> measured = rows(home.resolve("metrics.jsonl"));
    assertThat(measured).hasSameSizeAs(expected).hasSize(6);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(measured.get(i).keySet()).isEqualTo(expected.get(i).keySet());
      assertClose(
          MetricsJsonl.measurements(measured.get(i)), MetricsJsonl.measurements(expected.get(i)));
    }
    assertThat(rows(home.resolve("versions.jsonl")))
        .extracting(row -> row.get("version").getAsLong() + " " + row.get("decision").getAsString())
        .isEqualTo(
            rows(former.resolve("versions.jsonl")).stream()
                .map(
                    row -> row.get("version").getAsLong() + " " + row.get("decision").getAsString())
                .toList());
  }

  private static void assertClose(Measurements measured, Measurements expected) {
    Map<Measurements.Key, Double> values = measured.values();
    assertThat(values).hasSameSizeAs(expected.values());
    expected
        .values()
        .forEach(
            (key, value) ->
                assertThat(values.get(key))
                    .as("%s", key)
                    .isCloseTo(value, within(RELATIVE_ERROR * Math.max(0.01, Math.abs(value)))));
  }

  private static List<JsonObject> rows(Path file) throws IOException {
    try (Stream<JsonObject> rows = new JsonLines(file).rows()) {
      return rows.toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}

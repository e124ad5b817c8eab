package io.tributary.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus' own checker says about the names and the format. */
class PromtoolTest {

  private static final String PROMTOOL = "promtool";

  @Test
  void promtoolAcceptsTheMetrics(@TempDir Path directory) throws Exception {
    requirePromtool();
    RunMetrics metrics = RunMetrics.create(Map.of("amazing", 1.0));
    metrics.weights().samplerConfirmed("0", 1);
    Path text = directory.resolve("metrics.txt");
    Files.write(text, metrics.scrape(null).body());
    assertThat(run(text, "check", "metrics").lines().filter(line -> line.contains("tributary_")))
        .isEmpty();
  }

  private static String run(Path input, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder promtool = new ProcessBuilder(PROMTOOL);
    promtool.command().addAll(Arrays.asList(arguments));
    Process process = promtool.redirectInput(input.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    System.err.println("exit " + process.waitFor() + "\n" + output);
    return output;
  }

  private static void requirePromtool() {
    boolean found =
        Arrays.stream(System.getenv("PATH").split(java.io.File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, PROMTOOL)));
    String missing = "promtool is not on the PATH; scripts/install-test-tools installs it";
    assertThat(found || System.getenv("CI") == null).as(missing).isTrue();
    assumeTrue(found, missing);
  }
}

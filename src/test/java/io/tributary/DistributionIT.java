package io.tributary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The distribution that was packed, unpacked where there is no checkout, and without a Maven. */
@Timeout(120)
class DistributionIT {
  /** The file that a link leads to, unless it is in the web or in the same page. */
  private static final Pattern LINK = Pattern.compile("\\]\\((?!\\w+:)([^)\\s#]+)(?:#[^)]*)?\\)");

  @TempDir private static Path folder;
  private static Path home;

  private record Outcome(int exitCode, String output) {}

  @BeforeAll
  static void unpack() throws Exception {
    String archive = System.getProperty("distribution");
    assumeTrue(archive != null && Files.exists(Path.of(archive)), "no distribution was packed");
    Outcome unpacked = execute("tar", "xzf", archive);
    assertThat(unpacked.exitCode()).as(unpacked.output()).isZero();
    try (Stream<Path> found = Files.list(folder)) {
      home = found.toList().get(0);
    }
  }

  private static Outcome execute(String... command) throws IOException, InterruptedException {
    Path log = Files.createTempFile("tributary", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
      builder.environment().put("PATH", "/usr/bin:/bin");
      builder.environment().remove("TRIBUTARY_HOME");
      Process process = builder.start();
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
      return new Outcome(process.exitValue(), Files.readString(log, UTF_8));
    } finally {
      Files.delete(log);
    }
  }

  private static Outcome tributary(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/tributary").toString()));
    command.addAll(Arrays.asList(arguments));
    return execute(command.toArray(String[]::new));
  }

  static Stream<String> shippedConfigurations() throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve("conf"))) {
      return files
          .map(file -> home.relativize(file).toString())
          .filter(
              file ->
                  file.matches(
                      "conf/(music|pretrain-base|experiments/smoke|tasks/task-05.*)\\.conf"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("shippedConfigurations")
  void aShippedConfigurationNamesFilesThatAreThere(String file) throws Exception {
    Outcome outcome = tributary("validate", "-c", home.resolve(file).toString());
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
  }

  @Test
  void itTrainsInAFolderWithoutTheCheckout() throws Exception {
    Outcome outcome =
        tributary(
            "run",
            "-c",
            home.resolve("conf/quickstart.conf").toString(),
            "-D",
            "run.steps=1",
            "-D",
            "learner.optimizer.warmup-steps=0",
            "-D",
            "http.port=0",
            "-D",
            "partition-function.bootstrap-sequences=128",
            "-D",
            "partition-function.bootstrap-hits=0",
            "-D",
            "evaluation.sequences=128");
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("evaluation at step 1");
    assertThat(folder.resolve("runs/quickstart/metrics.jsonl")).exists();
  }

  @Test
  void itHasWhatItsReadersLookFor() {
    Stream.of(
            "README.md",
            "LICENSE",
            "docs",
            "dashboards",
            "conf/reference.conf",
            "test-data/models/base",
            "test-data/sentiment/labelled.tsv.gz")
        .map(home::resolve)
        .forEach(file -> assertThat(file).exists());
    assertThat(Objects.requireNonNull(home.getFileName()).toString()).startsWith("tributary-");
  }

  @Test
  void theLinksOfItsDocumentationLeadSomewhere() throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      List<Path> pages = files.filter(file -> file.toString().endsWith(".md")).toList();
      assertThat(pages).hasSizeGreaterThan(15);
      for (Path page : pages) {
        Matcher link = LINK.matcher(Files.readString(page));
        while (link.find()) {
          assertThat(page.resolveSibling(link.group(1)))
              .as("link of %s", home.relativize(page))
              .exists();
        }
      }
    }
  }

  @Test
  void itsDocumentationNamesItsLauncherAndItsReference() throws IOException {
    for (String page : List.of("README.md", "docs/targets.md", "dashboards/runbook.md")) {
      assertThat(home.resolve(page))
          .content()
          .contains("bin/tributary")
          .doesNotContain("scripts/tributary", "src/main");
    }
  }

  @Test
  void aBenchmarkOfAShapeFindsTheTokenizer() throws Exception {
    Outcome outcome =
        tributary(
            "bench",
            "--shape",
            "1,2,8,400,24",
            "--seconds",
            "0.01",
            "-D",
            "samplers.max-length=8",
            "-D",
            "samplers.batch-size=8",
            "-D",
            "learner.batch-size=8",
            "-D",
            "learner.micro-batch-size=8",
            "-D",
            "partition-function.bootstrap-sequences=8");
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("sampling", "stream");
  }
}

package io.tributary.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tributary.testing.Slow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/tributary} in a checkout of its own, with a Maven and a Java that are scripts. */
@Timeout(60)
@Slow
class LauncherTest {
  private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path home;
  private Path source;

  @BeforeEach
  void checkOut() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/flock")), "there is no flock");
    Files.createDirectories(home.resolve("scripts"));
    Files.copy(
        Path.of("scripts/tributary"),
        home.resolve("scripts/tributary"),
        StandardCopyOption.COPY_ATTRIBUTES);
    Files.createDirectories(home.resolve("target/lib"));
    Path pom = Files.createFile(home.resolve("pom.xml"));
    source = Files.createFile(Files.createDirectories(home.resolve("src/main")).resolve("A.java"));
    Path jar = Files.createFile(home.resolve("target/tributary-1.jar"));
    for (Path file : new Path[] {pom, source, source.getParent(), jar}) {
      Files.setLastModifiedTime(file, FileTime.from(BUILT));
    }
    // it runs until its standard input ends
    script("bin/java", "[ \"$1\" = -version ] && echo 'x version \"17.0.1\"' >&2 || exec cat");
    script("bin/mvn", "mkdir -p target/lib && touch target/tributary-1.jar built");
  }

  private void script(String name, String text) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Process start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(home.resolve("scripts/tributary").toString()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", home.toString());
    builder
        .environment()
        .merge("PATH", home.resolve("bin").toString(), (old, bin) -> bin + ":" + old);
    return builder.start();
  }

  private static String end(Process process) throws IOException, InterruptedException {
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  /** What has been written to its input comes back as soon as it runs. */
  private Process running() throws IOException {
    Process process = start();
    process.getOutputStream().write('x');
    process.getOutputStream().flush();
    assertThat(process.getInputStream().read()).isEqualTo('x');
    return process;
  }

  @Test
  void nothingIsBuiltUnderWhatRunsAndItIsAfterwards() throws Exception {
    Process service = running();
    assertThat(end(start())).as("the build is up to date").isEmpty();

    Files.setLastModifiedTime(source, FileTime.from(BUILT.plusSeconds(60)));
    Process refused = start();
    assertThat(end(refused)).contains("from which something still runs").hasLineCount(1);
    assertThat(refused.exitValue()).isEqualTo(1);
    assertThat(home.resolve("built")).doesNotExist();

    end(service);
    Process built = start();
    assertThat(end(built)).startsWith("tributary: building");
    assertThat(built.exitValue()).isZero();
    assertThat(home.resolve("built")).exists();
  }

  @Test
  void aBuildThatDidNotEndIsMadeAgain() throws Exception {
    Files.createFile(home.resolve("target/.build-started"));
    assertThat(end(start())).startsWith("tributary: building");
    assertThat(end(start())).isEmpty();
  }

  @Test
  void severalRunFromOneBuild() throws Exception {
    Process one = running();
    Process other = running();
    end(one);
    end(other);
    assertThat(other.exitValue()).isZero();
  }
}

package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tributary.testing.Slow;
import io.tributary.testing.TestTools;
import io.tributary.testing.Waiting;
import io.tributary.testing.run.RunProcess;
import io.tributary.testing.run.TinyRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console page of a service that trains, in a real browser. */
@Slow
class ConsoleBrowserTest {
  private static final Path SCRIPT = Path.of("src/test/browser/console.mjs");

  @TempDir Path directory;

  private static String chromium() {
    return Optional.ofNullable(System.getenv("CHROMIUM")).orElse("chromium");
  }

  /** Where {@code scripts/install-test-tools} puts playwright-core. */
  private static Path tools() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path folder =
        cache == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
    return folder.resolve("tributary/browser-test");
  }

  private static void requireTools() {
    TestTools.require("node", chromium());
    boolean found = Files.isDirectory(tools().resolve("node_modules/playwright-core"));
    String missing =
        "playwright-core is not in %s; scripts/install-test-tools puts it there".formatted(tools());
    assertThat(found || System.getenv("CI") == null).as(missing).isTrue();
    assumeTrue(found, missing);
  }

  @Test
  void anOperatorSeesTheRunAndHandlesIt() throws Exception {
    requireTools();
    TinyRun tiny = new TinyRun(directory);
    Process browser = null;
    try (RunProcess service =
        tiny.start("browser", "run.steps=1000000", "samples.per-interval=4")) {
      Path report = directory.resolve("browser.txt");
      browser =
          new ProcessBuilder(
                  "node",
                  SCRIPT.toString(),
                  service.http().base().toString(),
                  chromium(),
                  tools().toString())
              .redirectErrorStream(true)
              .redirectOutput(report.toFile())
              .start();
      boolean ended = browser.waitFor(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(ended).as(Files.readString(report)).isTrue();
      assertThat(browser.exitValue()).as(Files.readString(report)).isZero();
    } finally {
      if (browser != null) {
        browser.destroy();
      }
    }
  }
}

package io.tributary.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.tributary.testing.JavaProcess;
import io.tributary.testing.Slow;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals to a process that takes its time to end. */
@Slow
class ExitSignalsTest {
  private Process process;

  /** Ends only when its hook does, which is never. */
  static final class LongEnding {
    private LongEnding() {}

    public static void main(String[] arguments) throws InterruptedException {
      ExitSignals.handle();
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    System.out.println("ending");
                    try {
                      new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
      System.out.println("running");
      new CountDownLatch(1).await();
    }
  }

  @AfterEach
  void end() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, INT, 130", "TERM, TERM, 143", "TERM, INT, 130"})
  void theSecondSignalEndsAProcessThatIsEnding(String first, String second, int exitCode)
      throws Exception {
    assumeFalse(
        (first + second).contains("INT") && ignoresInterrupts(),
        "SIGINT is ignored here, as in a shell's background job, and so it is in child processes");
    process =
        JavaProcess.of(LongEnding.class.getName(), List.of()).redirectErrorStream(true).start();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      assertThat(out.readLine()).isEqualTo("running");
      signal(first);
      assertThat(out.readLine()).isEqualTo("ending");
      assertThat(process.isAlive()).isTrue();
      signal(second);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(exitCode);
      assertThat(out.readLine()).isNull();
    }
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** From the mask of ignored signals that Linux gives; bit 1 is SIGINT. */
  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .map(line -> new BigInteger(line.substring("SigIgn:".length()).strip(), 16))
        .anyMatch(mask -> mask.testBit(1));
  }
}

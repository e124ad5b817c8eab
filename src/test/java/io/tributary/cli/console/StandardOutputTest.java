package io.tributary.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tributary.cli.Tributary;
import io.tributary.testing.Cli;
import io.tributary.testing.JavaProcess;
import io.tributary.testing.Slow;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Slow
class StandardOutputTest {
  private static final File FULL = new File("/dev/full");

  /** A device that takes nothing. */
  private static final class Failing extends OutputStream {
    private final String reason;
    private int attempts;

    Failing(String reason) {
      this.reason = reason;
    }

    @Override
    public void write(int oneByte) throws IOException {
      attempts++;
      throw new IOException(reason);
    }
  }

  private static Cli run(Failing output, String verb) {
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Tributary.commandLine()
            .setOut(StandardOutput.writer(output))
            .setErr(new PrintWriter(err))
            .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    return new Cli(commandLine.execute(verb), "", err.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate-completion", "--help", "--version"})
  void aFullDeviceIsAFailureWithOneMessage(String verb) {
    Failing output = new Failing("No space left on device");
    Cli cli = run(output, verb);

    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.err())
        .containsOnlyOnce("standard output can't be written: No space left on device");
    assertThat(cli.err().lines().count()).isLessThanOrEqualTo(2);
    assertThat(output.attempts).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate-completion", "--help", "--version"})
  void aReaderThatHasEnoughEndsItQuietly(String verb) {
    Cli cli = run(new Failing("Broken pipe"), verb);

    assertThat(cli.exitCode()).isEqualTo(141);
    assertThat(cli.err()).isEmpty();
  }

  @Test
  void theProcessFailsOnAFullDevice() throws Exception {
    assumeTrue(FULL.exists());
    Process process = process().redirectOutput(FULL).start();

    assertThat(exitCode(process)).isEqualTo(1);
    assertThat(err(process)).contains("standard output can't be written");
  }

  @Test
  void theProcessEndsWhenItsReaderIsGone() throws Exception {
    Process process = process().start();
    process.getInputStream().close();

    assertThat(exitCode(process)).isEqualTo(141);
    assertThat(err(process)).isEmpty();
  }

  private static ProcessBuilder process() {
    return JavaProcess.ofProgram(List.of("generate-completion"));
  }

  private static int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static String err(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}

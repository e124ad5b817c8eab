package io.tributary;

import io.tributary.cli.Tributary;
import io.tributary.cli.console.ExitSignals;
import io.tributary.cli.console.StandardOutput;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Entry point. */
public final class Main {
  private Main() {}

  /** Runs one verb and ends the process with its exit code. */
  public static void main(String[] arguments) {
    // Output is UTF-8 with decimal points wherever the program runs.
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    ExitSignals.handle();
    int exitCode =
        Tributary.commandLine()
            .setOut(StandardOutput.writer())
            .setErr(utf8(System.err))
            .execute(arguments);
    System.exit(exitCode);
  }

  private static PrintWriter utf8(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }
}

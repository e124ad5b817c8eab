package io.tributary.cli;

import io.tributary.cli.console.ConsoleLog;
import io.tributary.io.TerminalOutput;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A verb of the command line: it reads its options, has one room do the work, and prints.
 *
 * <p>A new verb is a subclass with {@code @Command}, listed in {@link Tributary}. It writes its
 * result to {@link #out} and throws what goes wrong: {@code ErrorReport} turns that into a message
 * and an exit code. {@code --help}, {@code --version} and {@code --verbose} are inherited.
 */
abstract class Verb implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Work that shows its progress; gives an exit code. */
  interface ShownWork {
    int run() throws InterruptedException;
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Prints the result as the last line. */
  final int done(Object result) {
    out().println(result);
    out().flush();
    return Tributary.DONE;
  }

  /** Whether an option was given on the command line. */
  final boolean isGiven(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  /** Bad usage that the parser does not detect. */
  final ParameterException badUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Runs work that shows its progress on standard output, and cleans up the terminal after it. */
  final int showing(TerminalOutput output, ShownWork work) throws InterruptedException {
    ConsoleLog.clearBeforehand(output::clearRow);
    try {
      return work.run();
    } finally {
      output.clearRow();
      if (!output.finish()) { // nobody reads it, so flushing it at the end would block for ever
        spec.root().commandLine().setOut(new PrintWriter(Writer.nullWriter()));
      }
    }
  }
}

package io.tributary.cli.console;

import io.tributary.cli.Tributary;
import io.tributary.cli.console.StandardOutput.OutputFailedException;
import io.tributary.config.binding.ConfigException;
import io.tributary.data.BadInputException;
import io.tributary.data.LogMarkers;
import io.tributary.io.Outlet;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Reports a failure in at most 8 lines on standard error and chooses the exit code: 2 for usage,
 * configuration and input, which the user can fix, and 1 for anything else. The stack trace goes to
 * the log and, with {@code --verbose}, to standard error. Nothing is reported if the reader of
 * standard output has closed it. If nobody reads standard error, the process still ends.
 */
public record ErrorReport(BooleanSupplier verbose)
    implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorReport.class);
  private static final int MESSAGE_LINES = 6;

  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    report(
        command,
        err -> {
          print(err, command, message(e));
          UnmatchedArgumentException.printSuggestions(e, err);
          err.printf("See '%s --help'.%n", command.getCommandSpec().qualifiedName());
        });
    return Tributary.BAD_INPUT;
  }

  @Override
  public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
    Throwable e = cause(thrown);
    if (e instanceof OutputFailedException failed && failed.isClosedByReader()) {
      return Tributary.OUTPUT_CLOSED;
    }
    boolean fixable = e instanceof ConfigException || e instanceof BadInputException;
    report(
        command,
        err -> {
          print(err, command, fixable ? String.valueOf(e.getMessage()) : description(e));
          if (verbose.getAsBoolean()) {
            e.printStackTrace(err);
          } else if (!fixable) {
            err.println("--verbose shows where.");
          }
        });
    if (!fixable) {
      LOG.error(LogMarkers.REPORTED, "{} failed", command.getCommandName(), e);
    }
    return fixable ? Tributary.BAD_INPUT : Tributary.FAILED;
  }

  private static void report(CommandLine command, Consumer<PrintWriter> message) {
    PrintWriter err = command.getErr();
    Outlet outlet = new Outlet("error-report");
    outlet.write(
        () -> {
          message.accept(err);
          err.flush();
        });
    outlet.finish();
  }

  private static void print(PrintWriter err, CommandLine command, String message) {
    List<String> lines = message.lines().filter(line -> !line.isBlank()).toList();
    String text =
        String.join(
            System.lineSeparator(), lines.subList(0, Math.min(lines.size(), MESSAGE_LINES)));
    err.println(
        command.getColorScheme().errorText(command.getCommandSpec().qualifiedName() + ": " + text));
  }

  /** The parser's message, in our words where it has to do with a {@code -D} without a value. */
  private static String message(ParameterException e) {
    return String.valueOf(e.getMessage())
        .replaceFirst("^Error: ", "")
        .replaceFirst(
            "^Value for option option '-D' .* should be in KEY=VALUE format but was (.*)$",
            "-D $1: expected KEY=VALUE");
  }

  private static String description(Throwable e) {
    return e.getMessage() == null
        ? e.getClass().getName()
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  /** The cause behind the exceptions that futures and other threads wrap it in. */
  private static Throwable cause(Throwable thrown) {
    Throwable e = thrown;
    while ((e instanceof CompletionException || e instanceof ExecutionException)
        && e.getCause() != null) {
      e = e.getCause();
    }
    return e;
  }
}

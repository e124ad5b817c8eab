package io.tributary.cli;

import io.tributary.cli.console.ConsoleLog;
import io.tributary.cli.console.ErrorReport;
import io.tributary.cli.console.StandardOutput.OutputFailedException;
import io.tributary.tools.bench.Shape;
import java.util.concurrent.Callable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The program: its verbs and what they have in common. A new verb is a subclass of {@link Verb},
 * listed here.
 */
@Command(
    name = "tributary",
    description =
        "Trains language models with distributional policy gradients, in a stream of samplers, "
            + "scorers and a learner.",
    subcommands = {
      RunVerb.class,
      WorkerVerb.class,
      ExperimentVerb.class,
      ReportVerb.class,
      ValidateVerb.class,
      PretrainVerb.class,
      FitVerb.class,
      ScoreVerb.class,
      SampleVerb.class,
      EvaluateVerb.class,
      ExportVerb.class,
      TrainClassifierVerb.class,
      BenchVerb.class,
      GenerateCompletion.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed while running",
      "2:bad usage, configuration or input",
      "3:out of memory",
      "75:a worker is to be started again: its trainer is lost, or it has failed",
      "130:ended by SIGINT",
      "141:standard output was closed by its reader, as by '| head'",
      "143:ended by SIGTERM"
    })
public final class Tributary implements Callable<Integer> {
  /** Exit codes. */
  static final int DONE = 0;

  public static final int FAILED = 1;
  public static final int BAD_INPUT = 2;

  /** 128 plus the number of SIGTERM, as for any process ended by this signal. */
  static final int TERMINATED = 143;

  /** 128 plus the number of SIGPIPE, as for any process ended by this signal. */
  public static final int OUTPUT_CLOSED = 141;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Show log messages, and the stack trace of a failure.")
  private boolean verbose;

  private Tributary() {}

  /** The command line, ready to {@code execute} arguments; gives the exit code. */
  public static CommandLine commandLine() {
    Tributary tributary = new Tributary();
    ErrorReport errors = new ErrorReport(() -> tributary.verbose);
    CommandLine commandLine =
        new CommandLine(tributary)
            .setUsageHelpAutoWidth(true)
            .setAbbreviatedOptionsAllowed(false)
            .registerConverter(Shape.class, Tributary::shape)
            .setExecutionExceptionHandler(errors)
            .setParameterExceptionHandler(errors);
    commandLine.setExecutionStrategy(
        parsed -> {
          if (tributary.verbose) {
            ConsoleLog.showAll();
          }
          return execute(parsed);
        });
    return commandLine;
  }

  private static Shape shape(String text) {
    try {
      return Shape.of(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'%s': %s".formatted(text, e.getMessage()));
    }
  }

  /** Flushes standard output, so that a failure to write it counts as a failure of the verb. */
  private static int execute(ParseResult parsed) {
    CommandLine commandLine = parsed.commandSpec().commandLine();
    try {
      int exitCode = new CommandLine.RunLast().execute(parsed);
      commandLine.getOut().flush();
      return exitCode;
    } catch (OutputFailedException e) {
      throw new ExecutionException(commandLine, e.getMessage(), e);
    }
  }

  /** Without a verb, shows the usage. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return BAD_INPUT;
  }
}

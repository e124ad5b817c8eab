package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import io.tributary.data.BadInputException;
import io.tributary.testing.Cli;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class TributaryTest {
  @AfterEach
  void restoreTheLog() throws JoranException {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    new ContextInitializer(context).autoConfig();
  }

  @Test
  void withoutAVerbItShowsUsageAndReturnsTwo() {
    Cli cli = Cli.run();

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("Usage: tributary", "VERB", "validate");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void everyVerbHasHelpAndVersion() {
    for (String verb : Tributary.commandLine().getSubcommands().keySet()) {
      Cli help = Cli.run(verb, "--help");
      assertThat(help.exitCode()).as(verb).isZero();
      assertThat(help.out()).as(verb).contains("Usage: tributary " + verb, "--version");
      assertThat(help.err()).as(verb).isEmpty();

      Cli version = Cli.run(verb, "--version");
      assertThat(version.exitCode()).as(verb).isZero();
      assertThat(version.out()).as(verb).startsWith("tributary ").contains("Java 1");
    }
    assertThat(Cli.run("--help").out()).contains("Exit codes:", "bad usage");
    assertThat(Cli.run("--version").out()).startsWith("tributary ");
  }

  @Test
  void linesThatDescribeAFieldAreIndentedAndNamesAreNotSplit() {
    assertThat(Cli.run("fit", "--help").out())
        .contains("the value\n                       approached instead of 1 or 0\n")
        .doesNotContain("\nlogarithm");
    assertThat(Cli.run("evaluate", "--help").out())
        .contains("\n                  averaged over texts;", "\n                  are then not")
        .doesNotContain("\nerror");
    assertThat(Cli.run("export", "--help").out()).contains("config.json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "valdate",
        "validate",
        "validate --cnofig x",
        "validate -c x -D run.steps",
        "validate -c",
        "--no-such-option"
      })
  void badUsageTakesFewLinesAndReturnsTwo(String arguments) {
    Cli cli = Cli.run(arguments.split(" ", -1));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).startsWith("tributary").contains("--help'");
    assertThat(cli.err().lines().count()).isLessThanOrEqualTo(8);
  }

  @Test
  void suggestsAVerb() {
    assertThat(Cli.run("valdate").err()).contains("Did you mean", "validate");
  }

  @Test
  void generatesACompletionScript() {
    Cli cli = Cli.run("generate-completion");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).contains("complete -F _complete_tributary", "validate");
  }

  @Test
  void inputThatTheUserCanMendReturnsTwoWithItsMessageAlone() {
    Cli cli = failWith(new BadInputException("model.bin: truncated"));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).isEqualToIgnoringNewLines("tributary fail: model.bin: truncated\n");
  }

  @Test
  void anExceptionFromAFutureCountsAsWhatCausedIt() {
    Cli cli = failWith(new CompletionException(new BadInputException("no")));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).startsWith("tributary fail: no");
  }

  @Test
  void anyOtherFailureReturnsOneWithoutAStackTrace() {
    Cli cli = failWith(new IllegalStateException("line\n".repeat(20)));

    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.err())
        .startsWith("tributary fail: IllegalStateException: line")
        .doesNotContain("\tat ");
    assertThat(cli.err().lines().count()).isLessThanOrEqualTo(8);
  }

  @Test
  void aFailureWithoutAMessageIsNamedByItsClass() {
    assertThat(failWith(new IllegalStateException()).err())
        .startsWith("tributary fail: java.lang.IllegalStateException\n");
    assertThat(failWith(new CompletionException("nobody knows why", null)).err())
        .startsWith("tributary fail: CompletionException: nobody knows why\n");
  }

  @Test
  void theCauseIsLookedForBehindEveryFuture() {
    Cli cli =
        failWith(
            new CompletionException(
                new ExecutionException(new BadInputException("model.bin: truncated"))));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).isEqualTo("tributary fail: model.bin: truncated\n");
  }

  @Test
  void blankLinesOfAMessageAreLeftOut() {
    assertThat(failWith(new BadInputException("one\n\n \ntwo")).err())
        .isEqualTo("tributary fail: one\ntwo\n");
  }

  @Test
  void verboseShowsTheStackTrace() {
    Cli cli = failWith(new IllegalStateException("broken"), "--verbose");

    assertThat(cli.err()).contains("broken", "\tat ");
  }

  private static Cli failWith(Exception e, String... options) {
    CommandLine commandLine = Tributary.commandLine().addSubcommand("fail", new Failing(e));
    // options of the top command that its verbs inherit are given in front of a verb added late
    String[] arguments = new String[options.length + 1];
    System.arraycopy(options, 0, arguments, 0, options.length);
    arguments[options.length] = "fail";
    return Cli.run(commandLine, arguments);
  }

  @Command
  private static final class Failing implements Callable<Integer> {
    private final Exception e;

    Failing(Exception e) {
      this.e = e;
    }

    @Override
    public Integer call() throws Exception {
      throw e;
    }
  }
}

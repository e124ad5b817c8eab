package io.tributary.cli;

import io.tributary.cli.console.StopSignal;
import io.tributary.cli.console.Terminal;
import io.tributary.config.ShutdownConfig;
import io.tributary.config.experiment.Experiment;
import io.tributary.io.TerminalOutput;
import io.tributary.tensor.Torch;
import io.tributary.tools.experiment.GridRecord.Origin;
import io.tributary.tools.experiment.GridRun;
import io.tributary.tools.report.Report;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a grid of runs, and compares them in a report. */
@Command(
    name = "experiment",
    header = "Runs a grid of runs and compares them.",
    description = {
      "Runs all combinations of tasks, methods, batch sizes and seeds, each in a "
          + "process of its own, and writes report.html at the end.",
      "",
      "Started again, it continues where it stopped: finished runs are skipped, "
          + "and stopped or failed ones continue from their last checkpoint. If a run "
          + "fails, the others continue, and the exit code is 1.",
      ""
    })
final class ExperimentVerb extends Verb {
  private static final Duration TIME_TO_END = Duration.ofSeconds(15);

  /** Keys that have no influence on results. */
  private static final Set<String> WITHOUT_INFLUENCE =
      Set.of("run.directory", "experiment.parallel");

  @Mixin private ConfigOptions config = new ConfigOptions();

  @Override
  public Integer call() throws InterruptedException {
    Experiment experiment = config.readExperiment();
    TerminalOutput out = new TerminalOutput(out(), Terminal.isStandardOutput());
    return showing(out, () -> run(experiment, origin(), out));
  }

  private Origin origin() {
    return Origin.here(
        Version.number(),
        "tributary experiment " + config.text(WITHOUT_INFLUENCE),
        Torch.version());
  }

  private static int run(Experiment experiment, Origin origin, TerminalOutput out)
      throws InterruptedException {
    GridRun.Result result;
    try (StopSignal stop = new StopSignal(shutdown(experiment))) {
      result = GridRun.run(experiment, origin, out, stop::isReceived);
      if (result.stopped()) { // the process ends as soon as the stop signal is closed
        out.line(
            "stopped with %d of %d cells finished; run the same command to continue"
                .formatted(result.finished(), result.cells()));
        return Tributary.DONE;
      }
    }
    out.line("report: " + Report.write(experiment.home()));
    if (result.finished() == result.cells()) {
      return Tributary.DONE;
    }
    out.line(
        "%d of %d cells are not finished, %d have failed; run the same command to try them again"
            .formatted(
                result.cells() - result.finished(), result.cells(), result.failures().size()));
    return Tributary.FAILED;
  }

  /** The cells need their own grace periods first. */
  private static ShutdownConfig shutdown(Experiment experiment) {
    return new ShutdownConfig(
        experiment.cells().stream()
            .map(cell -> cell.config().shutdown().grace())
            .max(Comparator.naturalOrder())
            .orElseThrow()
            .plus(TIME_TO_END));
  }
}

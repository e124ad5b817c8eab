package io.tributary.cli;

import io.tributary.tools.report.Report;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the report of a grid or of a single run. */
@Command(
    name = "report",
    header = "Writes the report of a grid or a run.",
    description =
        "Writes report.html for a grid, finished or not, or for a single run, "
            + "which may still be running, and report/ with each figure as SVG and PNG "
            + "and each table as CSV.")
final class ReportVerb extends Verb {
  @Parameters(paramLabel = "DIR", description = "The directory of the grid or run.")
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      description =
          "Write the report to this folder instead, in files small enough to "
              + "commit: report.md, and report/ with figures as SVG, tables as CSV and "
              + "outcomes.jsonl.")
  private @Nullable Path to;

  @Override
  public Integer call() {
    return done(to == null ? Report.write(directory) : Report.write(directory, to));
  }
}

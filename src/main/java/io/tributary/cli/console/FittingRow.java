package io.tributary.cli.console;

import io.tributary.io.TerminalOutput;
import java.io.PrintWriter;

/**
 * Shows the progress of a fit in a row that is updated in place, if standard error is a terminal.
 */
public final class FittingRow implements AutoCloseable {
  private final TerminalOutput output;

  public FittingRow(PrintWriter err) {
    this.output = new TerminalOutput(err, Terminal.isStandardError());
  }

  /** Replaces the row. */
  public void show(String line) {
    output.transientLine(line);
  }

  /** Removes the row. */
  @Override
  public void close() {
    output.clearRow();
    output.finish();
  }
}

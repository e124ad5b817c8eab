package io.tributary.cli.console;

import io.tributary.io.TerminalOutput;
import java.io.PrintWriter;

/**
 * Shows the progress of a fit in a row that is updated in place, if standard error is a terminal.
 */
public final class FittingRow extends TerminalOutput implements AutoCloseable {
  public FittingRow(PrintWriter err) {
    super(err, Terminal.isStandardError());
  }

  /** Removes the row. */
  @Override
  public void close() {
    clearRow();
    finish();
  }
}

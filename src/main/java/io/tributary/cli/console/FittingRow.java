package io.tributary.cli.console;

import io.tributary.io.TerminalOutput;
import io.tributary.stage.fit.FittingProgress;
import java.io.PrintWriter;

/**
 * Shows the progress of a fit in a row that is updated in place, if standard error is a terminal.
 */
public final class FittingRow implements FittingProgress, AutoCloseable {
  private final TerminalOutput output;

  public FittingRow(PrintWriter err) {
    this.output = new TerminalOutput(err, Terminal.isStandardError());
  }

  @Override
  public void drawn(long sequences, long wanted) {
    output.transientLine(
        "fitting lambda: %,d of %,d sequences of the base model".formatted(sequences, wanted));
  }

  /** Removes the row. */
  @Override
  public void close() {
    output.clearRow();
    output.finish();
  }
}

package io.tributary.cli.options;

import io.tributary.cli.console.Terminal;
import io.tributary.stage.fit.FittingProgress;
import java.io.PrintWriter;
import java.util.Locale;

/** A line about a fit under way, renewed in place where standard error is a terminal. */
public final class FitLine implements FittingProgress, AutoCloseable {
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintWriter err;
  private final boolean terminal = Terminal.isStandardError();
  private boolean shown;

  public FitLine(PrintWriter err) {
    this.err = err;
  }

  @Override
  public synchronized void drawn(long sequences, long wanted) {
    if (terminal) {
      err.print(
          CLEAR_LINE
              + String.format(
                  Locale.ROOT,
                  "fitting lambda: %,d of %,d sequences of the base model",
                  sequences,
                  wanted));
      err.flush();
      shown = true;
    }
  }

  /** Takes the line away. */
  @Override
  public synchronized void close() {
    if (shown) {
      err.print(CLEAR_LINE);
      err.flush();
      shown = false;
    }
  }
}

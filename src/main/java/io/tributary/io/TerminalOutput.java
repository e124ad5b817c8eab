package io.tributary.io;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines for whoever started a command. On a terminal there may be one more below them that is
 * renewed in place; it takes one row whatever the terminal's width, which may change at any time.
 *
 * <p>What is shown accompanies the work: where it can't be written any more, that is logged once
 * and the work goes on. Where nobody reads it, the work goes on too: the row is not renewed then,
 * and lines wait for a reader, up to a bound.
 */
public final class TerminalOutput {
  private static final Logger LOG = LoggerFactory.getLogger(TerminalOutput.class);

  /** To the first column, and erase the row (ECMA-48: CR, EL). */
  private static final String CLEAR_ROW = "\r\u001b[K";

  /** Text beyond the last column does not begin a new row (DEC private mode 7, autowrap). */
  private static final String WITHOUT_WRAPPING = "\u001b[?7l%s\u001b[?7h";

  private final PrintWriter out;
  private final boolean terminal;
  private final Outlet outlet = new Outlet("terminal-output");
  private volatile @Nullable UncheckedIOException failure;
  private boolean row;
  private boolean failed;

  /**
   * @param out where lines go
   * @param terminal whether that is a terminal that understands control sequences
   */
  public TerminalOutput(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** A line that stays. */
  public synchronized void line(String text) {
    print((row ? CLEAR_ROW : "") + text + System.lineSeparator());
    row = false;
  }

  /** A line that the next one takes the place of; shown on a terminal only. */
  public synchronized void transientLine(String text) {
    if (terminal && !outlet.isBehind()) {
      row = true;
      print(CLEAR_ROW + WITHOUT_WRAPPING.formatted(text));
    }
  }

  /** Takes the line that is renewed away, so that others can write to the terminal. */
  public synchronized void clearRow() {
    if (row) {
      row = false;
      print(CLEAR_ROW);
    }
  }

  /** Waits until all is shown, at the end, but not for long; whether it is. */
  public boolean finish() {
    return outlet.finish();
  }

  private void print(String text) {
    if (!failed) {
      outlet.write(() -> write(text));
      UncheckedIOException thrown = failure;
      if (thrown != null) {
        failed = true;
        LOG.warn("nothing more is shown: {}", thrown.getMessage());
      }
    }
  }

  private void write(String text) {
    try {
      if (failure == null) {
        out.print(text);
        out.flush();
      }
    } catch (UncheckedIOException e) {
      failure = e;
    }
  }
}

package io.tributary.io;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prints lines for the person who started a command. On a terminal, a last row below them can be
 * updated in place; it takes one row whatever the width of the terminal, which may change at any
 * time.
 *
 * <p>Output never holds up the work. If it can't be written any more, this is logged once and the
 * rest is dropped. If nobody reads it, the row is no longer updated, and lines wait for a reader,
 * up to a limit.
 */
public class TerminalOutput {
  private static final Logger LOG = LoggerFactory.getLogger(TerminalOutput.class);

  /** Returns to the first column and erases the row (ECMA-48: CR, EL). */
  private static final String CLEAR_ROW = "\r\u001b[K";

  /** Keeps text beyond the last column from starting a new row (DEC private mode 7, autowrap). */
  private static final String WITHOUT_WRAPPING = "\u001b[?7l%s\u001b[?7h";

  private final PrintWriter out;
  private final boolean terminal;
  private final Outlet outlet = new Outlet("terminal-output");
  private volatile @Nullable UncheckedIOException failure;
  private boolean row;
  private boolean failed;

  /**
   * @param out where lines are printed
   * @param terminal whether this is a terminal that understands control sequences
   */
  public TerminalOutput(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Whether this is a terminal that understands control sequences. */
  protected final boolean isTerminal() {
    return terminal;
  }

  /** Prints a line that stays. */
  public final synchronized void line(String text) {
    print((row ? CLEAR_ROW : "") + text + System.lineSeparator());
    row = false;
  }

  /** Prints a row that the next one replaces; on a terminal only. */
  public final synchronized void transientLine(String text) {
    if (terminal && !outlet.isBehind()) {
      row = true;
      print(CLEAR_ROW + WITHOUT_WRAPPING.formatted(text));
    }
  }

  /** Clears the row that is updated in place, so that others can write to the terminal. */
  public final synchronized void clearRow() {
    if (row) {
      row = false;
      print(CLEAR_ROW);
    }
  }

  /**
   * Waits a short time, at the end, until everything is printed.
   *
   * @return whether it is; if not, writing may block for ever
   */
  public final boolean finish() {
    return outlet.finish();
  }

  private void print(String text) {
    if (!failed) {
      outlet.write(() -> write(text));
      UncheckedIOException thrown = failure;
      if (thrown != null) {
        failed = true;
        LOG.warn("no more output is shown: {}", thrown.getMessage());
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

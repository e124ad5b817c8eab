package io.tributary.terminal;

import java.io.PrintWriter;

/**
 * Lines for whoever started a command. On a terminal there may be one more below them that is
 * renewed in place; it takes one row whatever the terminal's width, which may change at any time.
 */
public final class TerminalOutput {
  /** To the first column, and erase the row (ECMA-48: CR, EL). */
  private static final String CLEAR_ROW = "\r\u001b[K";

  /** Text beyond the last column does not begin a new row (DEC private mode 7, autowrap). */
  private static final String WITHOUT_WRAPPING = "\u001b[?7l%s\u001b[?7h";

  private final PrintWriter out;
  private final boolean terminal;

  /**
   * @param out where lines go
   * @param terminal whether that is a terminal that understands control sequences
   */
  public TerminalOutput(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** A line that stays. */
  public void line(String text) {
    out.println((terminal ? CLEAR_ROW : "") + text);
    out.flush();
  }

  /** A line that the next one takes the place of; shown on a terminal only. */
  public void transientLine(String text) {
    if (terminal) {
      out.print(CLEAR_ROW + WITHOUT_WRAPPING.formatted(text));
      out.flush();
    }
  }
}

package io.tributary.cli.console;

import picocli.CommandLine.Help.Ansi;

/** Whether output goes to a terminal. */
public final class Terminal {
  private Terminal() {}

  /**
   * Whether standard error is a terminal that understands control sequences, according to the
   * launcher.
   */
  static boolean isStandardError() {
    return "1".equals(System.getenv("TRIBUTARY_ERROR_TERMINAL"));
  }

  /** Whether standard output is a terminal that understands control sequences. */
  public static boolean isStandardOutput() {
    String launcher = System.getenv("TRIBUTARY_TERMINAL"); // the launcher asks the shell
    return launcher == null ? Ansi.AUTO.enabled() : launcher.equals("1");
  }
}

package io.tributary.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import org.junit.jupiter.api.Test;

class TerminalOutputTest {
  private final StringWriter shown = new StringWriter();

  private TerminalOutput output(boolean terminal) {
    return new TerminalOutput(new PrintWriter(shown), terminal);
  }

  @Test
  void onATerminalALineIsRenewedInOneRow() {
    TerminalOutput output = output(true);
    output.transientLine("half");
    output.transientLine("done");
    output.line("end");
    assertThat(shown)
        .hasToString(
            "\r\u001b[K\u001b[?7lhalf\u001b[?7h\r\u001b[K\u001b[?7ldone\u001b[?7h\r\u001b[Kend"
                + System.lineSeparator());
  }

  @Test
  void othersMayWriteWhereTheRowIsCleared() {
    TerminalOutput output = output(true);
    output.clearRow();
    output.transientLine("half");
    output.clearRow();
    output.clearRow();
    output.line("end");
    assertThat(shown)
        .hasToString("\r\u001b[K\u001b[?7lhalf\u001b[?7h\r\u001b[Kend" + System.lineSeparator());
  }

  @Test
  void whatCanNotBeShownStopsNothing() {
    Writer full =
        new Writer() {
          @Override
          public void write(char[] characters, int offset, int length) {
            throw new UncheckedIOException(new IOException("No space left on device"));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    TerminalOutput output = new TerminalOutput(new PrintWriter(full), true);
    output.transientLine("half");
    output.line("end");
    output.clearRow();
  }

  @Test
  void elsewhereOnlyLinesThatStayAreWritten() {
    TerminalOutput output = output(false);
    output.transientLine("half");
    output.line("end");
    assertThat(shown).hasToString("end" + System.lineSeparator());
  }
}

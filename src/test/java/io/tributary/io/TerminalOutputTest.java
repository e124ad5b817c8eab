package io.tributary.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

  /** A pipe that is full until somebody reads. */
  private static final class FullPipe extends StringWriter {
    private final CountDownLatch read = new CountDownLatch(1);

    @Override
    public void write(String text, int offset, int length) {
      try {
        read.await();
      } catch (InterruptedException e) {
        throw new UncheckedIOException(new IOException(e));
      }
      super.write(text, offset, length);
    }
  }

  @Test
  @Timeout(10)
  void whereNobodyReadsTheWorkGoesOnAndLinesWaitUpToABound() {
    FullPipe pipe = new FullPipe();
    TerminalOutput output = new TerminalOutput(new PrintWriter(pipe), true);
    for (int i = 0; i < 5000; i++) {
      output.line("line " + i);
      output.transientLine("row " + i);
      output.clearRow();
    }
    pipe.read.countDown();
    output.finish();
    assertThat(pipe.toString())
        .startsWith("line 0" + System.lineSeparator() + "line 1" + System.lineSeparator())
        .doesNotContain("row", "line 4999");
    assertThat(pipe.toString().lines()).hasSizeBetween(1000, 1100);
    output.line("read again");
    assertThat(pipe.toString()).endsWith("read again" + System.lineSeparator());
  }
}

package io.tributary.cli.console;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import io.tributary.io.Outlet;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Writes log messages to standard error without blocking the threads that log, even if nobody reads
 * them.
 */
public final class ErrorAppender extends OutputStreamAppender<ILoggingEvent> {

  /** Hands over each message as a whole. */
  private static final class Detached extends OutputStream {
    private final Outlet outlet = new Outlet("error-output");

    @Override
    public void write(int oneByte) {
      write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      byte[] message = Arrays.copyOfRange(bytes, offset, offset + length);
      outlet.write(
          () -> {
            System.err.write(message, 0, message.length);
            System.err.flush();
          });
    }
  }

  @Override
  public void start() {
    setOutputStream(new Detached());
    super.start();
  }
}

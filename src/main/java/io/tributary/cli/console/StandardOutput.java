package io.tributary.cli.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Standard output that fails at once when it can't be written: it throws {@link
 * OutputFailedException}, which a {@link PrintWriter} does not swallow as it does an {@link
 * IOException}.
 */
public final class StandardOutput extends OutputStream {
  private final OutputStream stream;

  /** Standard output can no longer be written. */
  public static final class OutputFailedException extends UncheckedIOException {
    private static final long serialVersionUID = 1L;

    private OutputFailedException(IOException cause) {
      super("standard output can't be written: " + cause.getMessage(), cause);
    }

    /** Whether it is a pipe whose reader has closed it after reading all that it wanted. */
    boolean isClosedByReader() {
      return String.valueOf(getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe");
    }
  }

  StandardOutput(OutputStream stream) {
    this.stream = stream;
  }

  /** A UTF-8 writer to the standard output of the process, flushed at the end of each line. */
  public static PrintWriter writer() {
    return writer(new FileOutputStream(FileDescriptor.out));
  }

  static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(
        new OutputStreamWriter(new StandardOutput(stream), StandardCharsets.UTF_8), true);
  }

  @Override
  public void write(int oneByte) {
    write(new byte[] {(byte) oneByte}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    try {
      stream.write(bytes, offset, length);
    } catch (IOException e) {
      throw new OutputFailedException(e);
    }
  }

  @Override
  public void flush() {
    try {
      stream.flush();
    } catch (IOException e) {
      throw new OutputFailedException(e);
    }
  }
}

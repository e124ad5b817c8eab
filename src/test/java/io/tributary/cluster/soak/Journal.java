package io.tributary.cluster.soak;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * What happened when, for the check: a JSON object on each line of {@code journal.jsonl}, with the
 * seconds since the beginning and the kind of event. Some of it is shown, too. Thread-safe.
 */
final class Journal {
  static final String FILE = "journal.jsonl";

  private final Path file;
  private final PrintStream out;
  private final long began = System.nanoTime();

  Journal(Path directory, PrintStream out) {
    this.file = directory.resolve(FILE);
    this.out = out;
  }

  double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }

  /**
   * Writes an event.
   *
   * @param values keys and values in turn; values are numbers or strings
   */
  synchronized void write(String event, Object... values) {
    JsonObject row = new JsonObject();
    row.addProperty("seconds", seconds());
    row.addProperty("event", event);
    for (int i = 0; i < values.length; i += 2) {
      if (values[i + 1] instanceof Number number) {
        row.addProperty((String) values[i], number);
      } else {
        row.addProperty((String) values[i], values[i + 1].toString());
      }
    }
    try {
      Files.writeString(file, row + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Shows a line to whoever watches. */
  synchronized void say(String format, Object... values) {
    out.printf(Locale.ROOT, "%7.1f s  ", seconds());
    out.printf(Locale.ROOT, format + "%n", values);
  }
}

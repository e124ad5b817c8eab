package io.tributary.tools.experiment;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonSyntaxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the processes of a grid's cells ended, one JSON object per line. The last one of a cell
 * counts.
 */
public record Outcomes(Path file) {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  /** How a cell's process ended. */
  public enum End {
    FINISHED,
    STOPPED,
    FAILED
  }

  /**
   * One end.
   *
   * @param cell its name
   * @param end how it ended
   * @param seconds that the process took
   * @param sequences number learned from in that time
   * @param reason of a failure, in words; else empty
   * @param at when it ended, in UTC; reports don't use it, so that they do not depend on
   *     interruptions
   */
  public record Outcome(
      String cell, End end, double seconds, long sequences, String reason, String at) {
    /** The same outcome as a failure. */
    Outcome failed(String because) {
      return new Outcome(cell, End.FAILED, seconds, sequences, because, at);
    }
  }

  /** The outcomes of the grid in a directory. */
  public static Outcomes in(Path home) {
    return new Outcomes(home.resolve("outcomes.jsonl"));
  }

  void add(Outcome outcome) throws IOException {
    // an earlier process may have been killed within a line, which this one then ends
    String before = Files.exists(file) && !text().endsWith("\n") ? "\n" : "";
    Files.writeString(
        file,
        before + GSON.toJson(outcome) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** All of them, in the order in which they happened. */
  List<Outcome> all() throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : text().lines().toList()) {
        parse(line).ifPresent(outcomes::add);
      }
    }
    return outcomes;
  }

  /** The last one of each cell. */
  public Map<String, Outcome> last() throws IOException {
    Map<String, Outcome> last = new LinkedHashMap<>();
    all().forEach(outcome -> last.put(outcome.cell(), outcome));
    return last;
  }

  /** It may end within a character, which is no error. */
  private String text() throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private static Optional<Outcome> parse(String line) {
    try {
      return Optional.ofNullable(GSON.fromJson(line, Outcome.class))
          .filter(outcome -> outcome.cell() != null && outcome.end() != null);
    } catch (JsonSyntaxException e) {
      return Optional.empty(); // cut off by a kill
    }
  }
}

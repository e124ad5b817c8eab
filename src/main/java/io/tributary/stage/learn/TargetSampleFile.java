package io.tributary.stage.learn;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.data.TargetSample;
import io.tributary.data.TargetSample.Entry;
import io.tributary.io.Json;
import io.tributary.io.LastingFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sequences that stand for the target in a run, one JSON object per line; written once.
 *
 * @param file is made when they are written
 */
public record TargetSampleFile(Path file) {
  private static final Logger LOG = LoggerFactory.getLogger(TargetSampleFile.class);

  /**
   * @throws UncheckedIOException if it can't be written
   */
  void write(TargetSample sample) {
    try {
      LastingFiles.replace(
          file,
          sample.entries().stream()
              .map(entry -> Json.of(entry) + "\n")
              .collect(Collectors.joining()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What was written; nothing if there is no file, as in a run of an earlier version.
   *
   * @throws UncheckedIOException if it can't be read
   */
  TargetSample read() {
    if (!Files.exists(file)) {
      LOG.warn("there is no {}: KL(p||pi) is estimated on the policy's own texts", file);
      return TargetSample.EMPTY;
    }
    try (Stream<String> lines = Files.lines(file)) {
      return new TargetSample(
          lines.map(line -> entry(JsonParser.parseString(line).getAsJsonObject())).toList());
    } catch (IOException | RuntimeException e) {
      throw new UncheckedIOException(new IOException(file + " can't be read: " + e, e));
    }
  }

  private static Entry entry(JsonObject row) {
    int[] tokens =
        row.getAsJsonArray("tokens").asList().stream().mapToInt(JsonElement::getAsInt).toArray();
    double logTarget = row.get("log_target").getAsDouble();
    boolean decides = row.has("decided_at"); // not in a run of an earlier version
    return new Entry(
        row.get("text").getAsString(),
        tokens,
        logTarget,
        row.get("log_weight").getAsDouble(),
        decides ? row.get("decided_at").getAsInt() : tokens.length,
        decides ? row.get("log_decided").getAsDouble() : logTarget);
  }
}

package io.tributary.run.files;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.tributary.config.binding.Setting;
import io.tributary.io.JsonLines;
import io.tributary.protocol.ConfigView;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.Done;
import io.tributary.protocol.ServiceControl.Invalid;
import io.tributary.protocol.ServiceControl.Unable;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records who asked a running service for what, and what came of it, in {@code audit.jsonl}. A line
 * that can't be written stops nothing. Thread-safe.
 */
public final class AuditLog {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

  private final JsonLines lines;

  /** An audit log in this file. */
  public AuditLog(JsonLines lines) {
    this.lines = lines;
  }

  /** Records an action that was asked for, and the answer. */
  public void action(Instant at, String from, Action action, Answer answer) {
    JsonObject row = row(at, from);
    row.addProperty("action", action.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    write(row, answer);
  }

  /**
   * Records a change of the configuration that was asked for, and the answer.
   *
   * @param before the settings that were in force then
   * @param values what was asked for
   */
  public void change(
      Instant at, String from, ConfigView before, Map<String, String> values, Answer answer) {
    JsonObject changes = new JsonObject();
    values.forEach(
        (key, value) -> {
          JsonObject change = new JsonObject();
          Setting setting = before.settings().get(key);
          change.add("old", setting == null ? null : JsonParser.parseString(setting.json()));
          change.add("new", scalar(value));
          changes.add(key, change);
        });
    JsonObject row = row(at, from);
    row.add("changes", changes);
    write(row, answer);
  }

  private static JsonObject row(Instant at, String from) {
    JsonObject row = new JsonObject();
    row.addProperty("at", at.toString());
    row.addProperty("from", from);
    return row;
  }

  /**
   * A number as a number, as the value before is written; one that is too large to be a double is
   * text, since most readers of JSON have no other numbers.
   */
  private static JsonElement scalar(String value) {
    return value.matches("-?\\d{1,15}(\\.\\d+)?([eE][-+]?\\d{1,3})?")
            && Double.isFinite(Double.parseDouble(value))
        ? JsonParser.parseString(value)
        : new JsonPrimitive(value);
  }

  private synchronized void write(JsonObject row, Answer answer) {
    if (answer instanceof Done done) {
      row.addProperty("result", "done");
      row.addProperty("reason", done.what());
    } else if (answer instanceof Invalid invalid) {
      row.addProperty("result", "invalid");
      row.addProperty("reason", invalid.reason());
    } else if (answer instanceof Unable unable) {
      row.addProperty("result", "unable");
      row.addProperty("reason", unable.reason());
    }
    LOG.info("operator: {}", row);
    try {
      lines.add(row.toString());
    } catch (IOException e) {
      LOG.error("audit.jsonl can't be written; this line is lost: {}", row, e);
    }
  }
}

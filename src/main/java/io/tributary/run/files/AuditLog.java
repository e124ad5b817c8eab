package io.tributary.run.files;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.annotations.SerializedName;
import io.tributary.cluster.remote.NodeNote;
import io.tributary.config.binding.Setting;
import io.tributary.io.Json;
import io.tributary.io.JsonLines;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.ConfigView;
import io.tributary.protocol.ServiceControl.NodeAction;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records who asked a running service for what, and what came of it, and which nodes joined, were
 * refused or went, in {@code audit.jsonl}. A line that can't be written stops nothing. Thread-safe.
 *
 * @param lines the file
 */
public record AuditLog(JsonLines lines) {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

  private record ActionRow(Instant at, String from, String action, String result, String reason) {}

  private record NodeActionRow(
      Instant at, String from, String action, String node, String result, String reason) {}

  private record NodeRow(Instant at, String from, String node, String event, String reason) {}

  private record ChangeRow(
      Instant at, String from, Map<String, Values> changes, String result, String reason) {}

  private record Values(@Nullable JsonElement old, @SerializedName("new") JsonElement requested) {}

  /** Records an action that was asked for, and the answer. */
  public void action(Instant at, String from, Action action, Answer answer) {
    write(new ActionRow(at, from, name(action), result(answer), answer.text()));
  }

  /** Records an action on a node that was asked for, and the answer. */
  public void action(Instant at, String from, NodeAction action, String node, Answer answer) {
    write(new NodeActionRow(at, from, name(action), node, result(answer), answer.text()));
  }

  /** Records what has become of a node. */
  public void node(Instant at, NodeNote note) {
    write(new NodeRow(at, note.address(), note.node(), name(note.what()), note.reason()));
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Records a change of the configuration that was asked for, and the answer.
   *
   * @param before the settings that were in force then
   */
  public void change(
      Instant at, String from, ConfigView before, Map<String, String> values, Answer answer) {
    Map<String, Values> changes = new LinkedHashMap<>();
    values.forEach(
        (key, value) -> {
          Setting setting = before.settings().get(key);
          changes.put(
              key,
              new Values(
                  setting == null ? null : JsonParser.parseString(setting.json()), scalar(value)));
        });
    write(new ChangeRow(at, from, changes, result(answer), answer.text()));
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

  private static String result(Answer answer) {
    return answer.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  private synchronized void write(Object record) {
    String row = Json.of(record).toString();
    LOG.info("audit: {}", row);
    try {
      lines.add(row);
    } catch (IOException e) {
      LOG.error("audit.jsonl can't be written; this line is lost: {}", row, e);
    }
  }
}

package io.tributary.protocol;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The settings that a service runs with, at one moment.
 *
 * @param settings by key, relative to {@code tributary} and with dots
 * @param changes made since the process has started, oldest first; only the latest are kept
 */
public record ConfigView(SortedMap<String, Setting> settings, List<Change> changes) {

  /**
   * One setting.
   *
   * @param json the value as JSON; secrets are never part of a configuration, only their files are
   * @param origin where the value came from: file and line, command line, default, or a change
   * @param changeable whether it can be changed while the service runs
   */
  public record Setting(String json, String origin, boolean changeable) {}

  /**
   * One setting that was changed while the service ran.
   *
   * @param from who asked for it
   * @param before the value before, as JSON
   * @param after the value since, as JSON
   */
  public record Change(Instant at, String from, String key, String before, String after) {}

  public ConfigView {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(Map.copyOf(settings)));
    changes = List.copyOf(changes);
  }
}

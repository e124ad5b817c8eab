package io.tributary.protocol;

import io.tributary.config.binding.Setting;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The settings that a service runs with, at one point in time.
 *
 * @param settings by key, relative to {@code tributary} and with dots
 * @param changes made since the process started, oldest first; only the latest are kept
 */
public record ConfigView(SortedMap<String, Setting> settings, List<Change> changes) {

  /**
   * A change of one setting of a running service.
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

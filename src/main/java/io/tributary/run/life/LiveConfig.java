package io.tributary.run.life;

import io.tributary.config.EffectiveConfig;
import io.tributary.config.LiveKey;
import io.tributary.config.TributaryConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.binding.Setting;
import io.tributary.data.BadInputException;
import io.tributary.metrics.Label.ConfigChange;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.ServiceControl.ConfigView;
import io.tributary.run.files.RunDirectory;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in force: what the run was started with, and what operators have changed since.
 * A change lasts until the process ends, and survives a failure of the learner; {@code --resume}
 * reads the file again. Thread-safe.
 */
final class LiveConfig {
  private static final Logger LOG = LoggerFactory.getLogger(LiveConfig.class);

  /** This many of the latest changes are shown. */
  private static final int KEPT_CHANGES = 100;

  /** A whole configuration, with what is derived from it once. */
  private record Snapshot(EffectiveConfig effective, TributaryConfig config, ConfigView view) {}

  private final RunDirectory directory;
  private final RunMetrics metrics;
  private final Deque<ConfigView.Change> changes = new ArrayDeque<>();
  private volatile Snapshot now;

  LiveConfig(EffectiveConfig start, RunDirectory directory, RunMetrics metrics) {
    this.directory = directory;
    this.metrics = metrics;
    this.now = snapshot(start);
    report();
  }

  private void report() {
    for (LiveKey key : LiveKey.values()) {
      metrics.set(Metric.CONFIG_SETTING, key.of(now.config()), key.key());
    }
  }

  /** The configuration in force. */
  TributaryConfig current() {
    return now.config();
  }

  /** The settings in force, and their changes. */
  ConfigView view() {
    return now.view();
  }

  /**
   * Records the configuration in force among the files of the run.
   *
   * @throws BadInputException if it can't be written
   */
  void record() {
    directory.record(now.effective());
  }

  /** Records a change; if that fails, the change is in force all the same. */
  void recordChange() {
    try {
      record();
    } catch (BadInputException e) {
      LOG.error("the configuration was changed, but the change is not recorded", e);
    }
  }

  /**
   * The configuration with these changes; nothing is changed yet.
   *
   * @throws ConfigException if they are invalid
   */
  EffectiveConfig propose(Map<String, String> values, String from, Instant at) {
    try {
      if (values.isEmpty()) {
        throw new ConfigException("no change was given, expected at least one key");
      }
      return now.effective().changed(values, "changed by %s at %s".formatted(from, at));
    } catch (ConfigException e) {
      metrics.add(Metric.CONFIG_CHANGES_TOTAL, 1, ConfigChange.REJECTED);
      throw e;
    }
  }

  /**
   * Puts a proposed configuration in force; {@link #recordChange} must follow.
   *
   * @return what has changed, in words
   */
  synchronized String accept(
      EffectiveConfig proposed, Iterable<String> keys, String from, Instant at) {
    SortedMap<String, Setting> before = now.view().settings();
    SortedMap<String, Setting> after = proposed.settings();
    for (String key : keys) {
      changes.addLast(new ConfigView.Change(at, from, key, json(before, key), json(after, key)));
      if (changes.size() > KEPT_CHANGES) {
        changes.removeFirst();
      }
    }
    now = snapshot(proposed);
    metrics.add(Metric.CONFIG_CHANGES_TOTAL, 1, ConfigChange.ACCEPTED);
    report();
    return now.view().changes().stream()
        .filter(change -> change.at().equals(at))
        .map(change -> "%s: %s -> %s".formatted(change.key(), change.before(), change.after()))
        .collect(Collectors.joining(", "));
  }

  private static String json(SortedMap<String, Setting> settings, String key) {
    Setting setting = settings.get(key);
    return setting == null ? "null" : setting.json();
  }

  private Snapshot snapshot(EffectiveConfig effective) {
    return new Snapshot(
        effective,
        effective.training(),
        new ConfigView(effective.settings(), List.copyOf(changes)));
  }
}

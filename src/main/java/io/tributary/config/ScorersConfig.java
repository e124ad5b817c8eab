package io.tributary.config;

import io.tributary.config.binding.Require;
import java.util.List;

/**
 * The scorers, which compute features, log a(x) and log P(x).
 *
 * @param devices one for all of them, or one each
 */
public record ScorersConfig(int count, List<String> devices) {
  public ScorersConfig {
    devices = List.copyOf(devices);
    Require.count(count);
    Require.devices("devices", devices, count);
  }

  /** Device of the scorer with this index, from 0. */
  public String device(int index) {
    return devices.get(devices.size() == 1 ? 0 : index);
  }
}

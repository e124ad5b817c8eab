package io.tributary.config;

import io.tributary.config.binding.Require;
import java.util.List;

/**
 * The samplers, which draw from the proposal q.
 *
 * @param devices one for all of them, or one each
 * @param batchSize sequences per draw
 * @param maxLength most tokens per sequence, including EOS but not the prompt
 * @param stopAtEos end a sequence with EOS; otherwise all have {@code maxLength} tokens
 * @param temperature temperature that q samples at
 * @param prompt prompt of every sequence; if empty, the beginning-of-text token
 */
public record SamplersConfig(
    int count,
    List<String> devices,
    int batchSize,
    int maxLength,
    boolean stopAtEos,
    double temperature,
    String prompt) {
  public SamplersConfig {
    devices = List.copyOf(devices);
    Require.count(count);
    Require.devices("devices", devices, count);
    Require.atLeast(1, "batch-size", batchSize);
    Require.atLeast(1, "max-length", maxLength);
    Require.positive("temperature", temperature);
  }

  /** Device of the sampler with this index, from 0. */
  public String device(int index) {
    return devices.get(devices.size() == 1 ? 0 : index);
  }
}

package io.tributary.config;

import io.tributary.config.binding.Require;
import java.util.List;

/**
 * The samplers, which draw from the proposal q.
 *
 * @param count number of samplers
 * @param devices one for all, or one for each
 * @param batchSize sequences per draw
 * @param maxLength tokens per sequence at most, EOS included, the prompt not
 * @param stopAtEos end a sequence with EOS; otherwise all have {@code maxLength} tokens
 * @param temperature q is the model at this temperature
 * @param prompt what every sequence follows; empty: the beginning-of-text token alone
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

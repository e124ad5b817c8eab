package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.binding.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes of a configuration while a service runs. */
class LiveChangeTest {
  private static final String ORIGIN = "changed by 127.0.0.1:4711 at 2026-01-01T00:00:00Z";

  @TempDir Path directory;

  private EffectiveConfig read(Map<String, String> overrides) throws IOException {
    for (String part : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.writeString(directory.resolve(part), "");
    }
    Path file =
        Files.writeString(
            directory.resolve("run.conf"),
            """
            tributary {
              model.base = "%s"
              target.features = [ { name = red, type = word, word = red, moment = 0.5 } ]
              samplers.count = 2
            }
            """
                .formatted(directory));
    return ConfigLoader.read(file, overrides);
  }

  @Test
  void whatIsChangedHasItsOriginAndAllElseStays() throws IOException {
    EffectiveConfig before = read(Map.of("run.seed", "7"));
    EffectiveConfig after =
        before.changed(
            Map.of("samplers.count", "5", "learner.optimizer.learning-rate", "2e-5"), ORIGIN);
    assertThat(after.training().samplers().count()).isEqualTo(5);
    assertThat(after.training().learner().optimizer().learningRate()).isEqualTo(2e-5);
    assertThat(after.training().run()).isEqualTo(before.training().run());
    assertThat(before.training().samplers().count()).as("another one").isEqualTo(2);
    SortedMap<String, Setting> settings = after.settings();
    assertThat(settings.get("samplers.count")).isEqualTo(new Setting("5", ORIGIN, true));
    assertThat(settings.get("run.seed")).isEqualTo(new Setting("7", "command line", false));
    assertThat(settings.get("checkpoint.interval-steps"))
        .isEqualTo(new Setting("100", "default", true));
    assertThat(settings.get("stream.stall-timeout"))
        .isEqualTo(new Setting("\"60s\"", "default", false));
    assertThat(after.trainingWithOrigins()).contains("# " + ORIGIN);
  }

  @Test
  void everySettingIsJson() throws IOException {
    SortedMap<String, Setting> settings = read(Map.of()).settings();
    settings
        .values()
        .forEach(setting -> assertThat(JsonParser.parseString(setting.json())).isNotNull());
    assertThat(settings.get("target.features").json())
        .isEqualTo(
            "[{\"name\":\"red\",\"type\":\"word\",\"word\":\"red\",\"case-sensitive\":false,\"moment\":0.5,\"soft\":false}]");
    assertThat(settings).containsKeys("model.base", "http.port", "native.intra-op-threads");
    for (LiveKey key : LiveKey.values()) {
      assertThat(settings.get(key.key()).changeable()).isTrue();
      assertThat(key.of(read(Map.of()).training())).isNotNaN();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "samplers.count=0 | tributary.samplers.count must be at least 1; 0 is for"
            + " the trainer of a cluster, with tributary.cluster, got 0",
        "samplers.count=257 | tributary.samplers.count must be at most 256, got 257",
        "samplers.count=two | tributary.samplers.count must be a whole number, got \"two\"",
        "samplers.cuont=3 | unknown key tributary.samplers.cuont; did you mean count?",
        "sampler.count=3 | unknown key tributary.sampler; did you mean samplers?",
        "samplers.batch-size=8 | tributary.samplers.batch-size can't be changed during a run"
            + "; drain and resume to change it",
        "samplers..count=8 | samplers..count is not a key",
        "samplers=8 | tributary.samplers can't be changed during a run",
        "stream.max-staleness-steps=1001 | tributary.stream.max-staleness-steps must be between 0"
            + " and 1000, got 1001",
        "learner.optimizer.learning-rate=-1 | tributary.learner.optimizer.learning-rate must be a"
            + " positive number, got -1"
      })
  void whatCanNotBeUsedIsRefusedByItsKey(String change, String message) throws IOException {
    EffectiveConfig before = read(Map.of());
    Map<String, String> values = new HashMap<>();
    values.put("publish.interval-steps", "3");
    values.put(change.split("=", 2)[0], change.split("=", 2)[1]);
    assertThatThrownBy(() -> before.changed(values, ORIGIN))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void theWholeIsCheckedToo() throws IOException {
    EffectiveConfig onPolicy =
        read(
            Map.of(
                "objective.type",
                "reinforce",
                "target.features",
                "[{name = red, type = word, word = red}]"));
    assertThatThrownBy(() -> onPolicy.changed(Map.of("publish.interval-steps", "2"), ORIGIN))
        .hasMessageContaining("publish.interval-steps must be 1 with objective.type = reinforce");
    EffectiveConfig devices = read(Map.of("samplers.devices", "[cpu, cpu]"));
    assertThatThrownBy(() -> devices.changed(Map.of("samplers.count", "3"), ORIGIN))
        .hasMessageContaining(
            "samplers.devices must be one device for all, or one for each of them");
    assertThat(devices.changed(Map.of("samplers.count", "2"), ORIGIN).training())
        .isEqualTo(devices.training());
  }

  @Test
  void aConfigurationThatWasMadeWithoutAFileCanBeChanged() throws IOException {
    TributaryConfig config = read(Map.of()).training();
    assertThat(EffectiveConfig.of(config).training()).isEqualTo(config);
    assertThat(
            EffectiveConfig.of(config)
                .changed(Map.of("scorers.count", "4"), ORIGIN)
                .training()
                .scorers()
                .count())
        .isEqualTo(4);
  }
}

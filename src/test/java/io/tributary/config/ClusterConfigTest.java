package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.ClusterConfig.Numerics;
import io.tributary.config.binding.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterConfigTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void makeFiles() throws IOException {
    for (String name : List.of("config.json", "model.safetensors", "tokenizer.json", "a.pem")) {
      Files.createFile(directory.resolve(name));
    }
    file = directory.resolve("test.conf");
    Files.writeString(
        file,
        """
        tributary {
          model.base = "%1$s"
          target.features = [{ name = water, type = word, word = water }]
          cluster {
            advertised-host = trainer.example.org
            tls {
              certificate-file = "%1$s/a.pem"
              key-file = "%1$s/a.pem"
              ca-file = "%1$s/a.pem"
            }
          }
        }
        """
            .formatted(directory));
  }

  @Test
  void withoutTheSectionThereIsNoCluster() throws IOException {
    Files.writeString(file, Files.readString(file).replaceFirst("(?s)cluster .*", "}"));
    assertThat(ConfigLoader.load(file, Map.of()).cluster()).isEmpty();
  }

  @Test
  void nameAndFilesAreEnough() {
    ClusterConfig cluster = load(Map.of());
    assertThat(cluster.host()).isEqualTo("0.0.0.0");
    assertThat(cluster.port()).isEqualTo(17355);
    assertThat(cluster.filesPort()).isEqualTo(17356);
    assertThat(cluster.numerics()).isEqualTo(Numerics.STRICT);
    assertThat(cluster.maxNodes()).isEqualTo(64);
    assertThat(cluster.node().acceptableHeartbeatPause()).isEqualTo(Duration.ofSeconds(10));
    assertThat(cluster.node().stableAfter()).isEqualTo(Duration.ofSeconds(20));
    assertThat(cluster.tls().caFile()).isEqualTo(directory.resolve("a.pem"));
  }

  @Test
  void draws_that_no_message_has_room_for_are_refused() {
    Map<String, String> large =
        Map.of(
            "samplers.max-length", "1024",
            "samplers.batch-size", "512",
            "learner.batch-size", "512",
            "partition-function.bootstrap-sequences", "512");
    assertThatThrownBy(() -> ConfigLoader.load(file, large))
        .hasMessageContaining("samplers.batch-size")
        .hasMessageContaining("at most 337 in a cluster with samplers.max-length = 1024")
        .hasMessageContaining("one message of at most 8 MiB, got 512");
    Map<String, String> window = new HashMap<>(large);
    window.put("samplers.batch-size", "256");
    window.put("proposal.window", "fresh");
    window.put("proposal.window-sequences", "1024");
    assertThatThrownBy(() -> ConfigLoader.load(file, window))
        .hasMessageContaining("proposal.window-sequences");
  }

  @Test
  void onlyFreePortsMayBeTheSame() {
    ClusterConfig free = load(Map.of("cluster.port", "0", "cluster.files-port", "0"));
    assertThat(free.port()).isEqualTo(free.filesPort()).isZero();
  }

  @Test
  void itIsWrittenAndReadAgain() throws IOException {
    TributaryConfig config =
        ConfigLoader.load(file, Map.of("cluster.numerics", "mixed", "cluster.port", "0"));
    Path written = directory.resolve("written.conf");
    Files.writeString(written, config.toHocon());
    assertThat(ConfigLoader.load(written, Map.of())).isEqualTo(config);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          port                       | 70000   | between 0 and 65535
          port                       | -1      | between 0 and 65535
          files-port                 | 65536   | between 0 and 65535
          files-port                 | 17355   | another port than cluster.port = 17355
          port                       | 8080    | another port than http.port = 8080
          files-port                 | 8080    | another port than http.port = 8080
          advertised-host            | 0.0.0.0 | a host name or IPv4 address that other nodes can reach
          advertised-host            | a:17355 | without scheme and port
          advertised-host            | ' '     | a host name or IPv4 address
          max-nodes                  | 0       | at least 1
          max-nodes                  | 257     | at most 256
          acceptable-heartbeat-pause | 0s      | longer than zero
          acceptable-heartbeat-pause | 30s     | acceptable-heartbeat-pause = 30.0s
          stable-after               | 9s      | acceptable-heartbeat-pause = 10.0s
          audit-share                | -0.1    | a number from 0 to 1, got -0.1
          audit-share                | 1.1     | a number from 0 to 1, got 1.1
          audit-bound-nats           | 0       | a positive number, got 0.0
          audit-bound-nats           | 1e400   | a positive number, got Infinity
          numerics                   | loose   | one of strict, mixed
          tls.ca-file                | none    | a readable file
          bulk-port                  | 1       | unknown key
          """)
  void aValueThatCantBeUsedIsRefused(String key, String value, String expected) {
    assertThatThrownBy(() -> load(Map.of("cluster." + key, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tributary.cluster.")
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource({"advertised-host", "tls.certificate-file", "tls.key-file", "tls.ca-file", "tls"})
  void nameAndFilesAreRequired(String key) throws IOException {
    String leaf = key.substring(key.indexOf('.') + 1);
    Files.writeString(
        file, Files.readString(file).replaceFirst("\\b" + leaf + "( = [^\n]+| \\{[^}]*\\})", ""));
    assertThatThrownBy(() -> load(Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("missing key tributary.cluster." + key);
  }

  private ClusterConfig load(Map<String, String> overrides) {
    return ConfigLoader.load(file, overrides).cluster().orElseThrow();
  }
}

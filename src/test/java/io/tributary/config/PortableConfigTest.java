package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.binding.ConfigException;
import io.tributary.config.binding.ConfigTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortableConfigTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void makeFiles() throws IOException {
    Path model = Files.createDirectories(directory.resolve("model"));
    for (String name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.createFile(model.resolve(name));
    }
    Path secrets = Files.createDirectories(directory.resolve("secrets"));
    for (String name : List.of("node.pem", "node.key", "ca.pem", "web.pem", "web.key")) {
      Files.createFile(secrets.resolve(name));
    }
    Files.writeString(secrets.resolve("token"), "do-not-tell-anyone");
    Files.writeString(directory.resolve("words.txt"), "water\nwine\n");
    file = directory.resolve("test.conf");
    Files.writeString(
        file,
        """
        tributary {
          run { name = "river", seed = 7, directory = "%1$s/runs" }
          model { base = "%1$s/model", device = "gpu:1" }
          target.features = [
            { name = water, type = word, word = "wäter\\"x", moment = 0.5 }
            { name = list, type = wordlist, file = "%1$s/words.txt", moment = 0.25 }
            { name = again, type = wordlist, file = "%1$s/words.txt", moment = 0.125 }
          ]
          samplers { count = 0, devices = ["gpu:2", "gpu:3"], max-length = 17, temperature = 1.0, prompt = "input:1" }
          scorers { count = 0, devices = ["gpu:4"] }
          learner.device = "gpu:5"
          http {
            token-file = "%1$s/secrets/token"
            tls { certificate-file = "%1$s/secrets/web.pem", key-file = "%1$s/secrets/web.key" }
          }
          cluster {
            advertised-host = trainer.example.org
            tls {
              certificate-file = "%1$s/secrets/node.pem"
              key-file = "%1$s/secrets/node.key"
              ca-file = "%1$s/secrets/ca.pem"
            }
          }
        }
        """
            .formatted(directory));
  }

  private TributaryConfig original() {
    return ConfigLoader.load(file, Map.of());
  }

  /** Shows the inputs to a worker, as it gets them. */
  private Path inputs(PortableConfig portable) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("worker"));
    for (int i = 0; i < portable.inputs().size(); i++) {
      Files.createSymbolicLink(folder.resolve(Integer.toString(i)), portable.inputs().get(i));
    }
    return folder;
  }

  private TributaryConfig loaded() throws IOException {
    PortableConfig portable = PortableConfig.of(original());
    return PortableConfig.load(
        portable.hocon(),
        inputs(portable),
        List.of("gpu:1", "cpu"),
        List.of("cpu", "gpu:0", "cpu"));
  }

  @Test
  void everyFileThatItRefersToIsAnInputOnce() {
    assertThat(PortableConfig.of(original()).inputs())
        .containsExactly(directory.resolve("model"), directory.resolve("words.txt"));
  }

  @Test
  void itHasNoSecretsAndNoPathOfTheTrainer() {
    assertThat(PortableConfig.of(original()).hocon())
        .contains("river")
        .doesNotContain(directory.toString(), "secrets", "token", "pem", "cluster", "runs", "tls");
  }

  @Test
  void whatAWorkerLoadsHasTheSameTarget() throws IOException {
    TributaryConfig loaded = loaded();
    Path words = directory.resolve("worker/1");
    assertThat(ConfigTree.of(loaded.target()).toString())
        .isEqualTo(
            ConfigTree.of(original().target())
                .toString()
                .replace(directory.resolve("words.txt").toString(), words.toString()));
  }

  @Test
  void whatAWorkerLoadsHasTheSameSettings() throws IOException {
    TributaryConfig original = original();
    TributaryConfig loaded = loaded();
    assertThat(loaded.run().seed()).isEqualTo(original.run().seed());
    assertThat(loaded.run().name()).isEqualTo("river");
    assertThat(loaded.objective()).isEqualTo(original.objective());
    assertThat(loaded.stream()).isEqualTo(original.stream());
    assertThat(loaded.proposal()).isEqualTo(original.proposal());
    assertThat(loaded.nativeLibrary()).isEqualTo(original.nativeLibrary());
    assertThat(loaded.samplers())
        .usingRecursiveComparison()
        .ignoringFields("count", "devices")
        .isEqualTo(original.samplers());
    assertThat(loaded.scorers())
        .usingRecursiveComparison()
        .ignoringFields("count", "devices")
        .isEqualTo(original.scorers());
    assertThat(loaded.cluster()).isEmpty();
  }

  @Test
  void pathsDevicesAndCountsAreTheWorkersOwn() throws IOException {
    TributaryConfig loaded = loaded();
    assertThat(loaded.model()).isEqualTo(new ModelConfig(directory.resolve("worker/0"), "gpu:1"));
    assertThat(loaded.learner().device()).isEqualTo("gpu:1");
    assertThat(loaded.samplers().devices()).containsExactly("gpu:1", "cpu");
    assertThat(loaded.samplers().count()).isEqualTo(2);
    assertThat(loaded.scorers().devices()).containsExactly("cpu", "gpu:0", "cpu");
    assertThat(loaded.scorers().count()).isEqualTo(3);
  }

  @Test
  void aConfigurationOfAnotherBuildIsRefused() {
    PortableConfig portable = PortableConfig.of(original());
    assertThatThrownBy(
            () ->
                PortableConfig.load(
                    portable.hocon().replace("max-length", "max-size"),
                    inputs(portable),
                    List.of("cpu"),
                    List.of("cpu")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("max-size");
  }

  @Test
  void whatIsNoConfigurationIsRefused() {
    assertThatThrownBy(
            () -> PortableConfig.load("tributary {", directory, List.of("cpu"), List.of("cpu")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("the trainer's configuration can't be read");
  }
}

package io.tributary.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.experiment.ExperimentLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncludesTest {
  @TempDir Path directory;

  @BeforeEach
  void makeFilesToInclude() throws IOException {
    Files.createDirectory(directory.resolve("inner"));
    write("inner/one.conf", "include \"two.conf\"\nx.one = 1");
    write("inner/two.conf", "x.two = 2");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private Config parse(String text) throws IOException {
    return ConfigLoader.parse(write("outer.conf", text.formatted(directory)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include \"inner/one.conf\"",
        "include \"inner/one\"",
        "include \"%s/inner/one.conf\"",
        "include required(\"inner/one.conf\")",
        "include file(\"%s/inner/one.conf\")",
        "include required(file(\"%s/inner/one.conf\"))",
        "include url(\"file:%s/inner/one.conf\")",
      })
  void whatExistsIsIncludedRelativeToTheIncludingFile(String include) throws IOException {
    assertThat(parse(include).getInt("x.one")).isEqualTo(1);
    assertThat(parse(include).getInt("x.two")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include \"none.conf\"",
        "include required(\"none.conf\")",
        "include file(\"%s/none.conf\")",
        "x { include \"none.conf\" }",
        "include \"none\"",
      })
  void aMissingFileIsRefusedWithThePlaceOfTheIncludeAndWhereItWasLookedFor(String include) {
    assertThatThrownBy(() -> parse("y = 1\n" + include))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(directory.resolve("outer.conf") + ":2: include \"")
        .hasMessageContaining("none")
        .hasMessageContaining("looked for " + directory.resolve("none"))
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"include classpath(\"none.conf\")", "include url(\"file:%s/none.conf\")"})
  void whatIsMissingElsewhereIsRefusedToo(String include) {
    assertThatThrownBy(() -> parse(include))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(directory.resolve("outer.conf") + ":1: include \"")
        .hasMessageContaining("none.conf\": not found");
  }

  @Test
  void withoutItsLineTheIncludeIsRefusedAllTheSame() throws IOException {
    String refusal = directory.resolve("outer.conf") + ": include \"none.conf\": not found";
    assertThatThrownBy(() -> parse("# include \"none.conf\"\ninclude \"n\\u006fne.conf\""))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(refusal);

    Path latin = directory.resolve("outer.conf");
    Files.writeString(latin, "x = \"é\"\ninclude \"none.conf\"", ISO_8859_1);
    assertThatThrownBy(() -> ConfigLoader.parse(latin))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(refusal);
  }

  @Test
  void aMissingFileIsLookedForBesideTheFileThatIncludesIt() throws IOException {
    write("inner/one.conf", "x.one = 1\ninclude \"none.conf\"");

    assertThatThrownBy(() -> parse("include \"inner/one.conf\""))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "%s:2: include \"none.conf\": not found, looked for %s",
            directory.resolve("inner/one.conf"), directory.resolve("inner/none.conf"));
  }

  @Test
  void runsAndExperimentsAreReadSo() throws IOException {
    Path file = write("outer.conf", "include \"none.conf\"");

    assertThatThrownBy(() -> ConfigLoader.read(file, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(file + ":1: include \"none.conf\"");
    assertThatThrownBy(() -> ExperimentLoader.read(file, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(file + ":1: include \"none.conf\"");
  }
}

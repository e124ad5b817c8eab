package io.tributary.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The configurations that the documentation shows, and the form of its blocks. */
class DocumentedConfigurationsTest {
  private static final Set<String> LANGUAGES = Set.of("hocon", "ini", "json", "sh", "text", "yaml");

  @TempDir Path directory;

  static List<Page> pages() throws IOException {
    return Page.all();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyConfigurationCanBeRead(Page page) throws IOException {
    Sandbox sandbox = new Sandbox(directory);
    for (Page.Block block : page.blocks("hocon")) {
      Path file = sandbox.write(block);
      assertThat(ConfigLoader.load(file, Map.of())).as(page.place(block)).isNotNull();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyBlockSaysWhatItIsAndCommandsAreInBlocksOfShell(Page page) {
    assertThat(page.blocks()).extracting(Page.Block::language).isSubsetOf(LANGUAGES);
    assertThat(page.prose())
        .as("lines of %s that are commands, and in no block that a test runs", page)
        .noneMatch(line -> line.matches(" {4}(.* )?(scripts/|curl |mvn ).*"));
  }
}

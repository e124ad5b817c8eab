package io.tributary.run.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.cluster.transfer.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputLinksTest {
  @TempDir private Path directory;
  private Path cache;
  private Path folder;
  private Path file;
  private Manifest manifest;

  @BeforeEach
  void fetch() throws IOException {
    cache = Files.createDirectories(directory.resolve("cache"));
    folder = cache.resolve("inputs");
    file = Files.writeString(Files.createDirectory(cache.resolve("files")).resolve("id"), "words");
    manifest = Manifest.of("lists/science.txt", file);
  }

  private Path shown(InputLinks links) throws IOException {
    Path in = links.of(List.of(manifest));
    links.show(in, manifest, file);
    return in.resolve("lists/science.txt");
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  @Test
  void filesAreShownUnderTheirNamesHoweverOften() throws IOException {
    Path link = shown(InputLinks.open(folder));
    assertThat(link).hasContent("words");
    assertThat(shown(InputLinks.open(folder))).isEqualTo(link).hasContent("words");
    assertThat(entries()).hasSize(1);
  }

  @Test
  void otherFilesHaveAnotherFolder() throws IOException {
    InputLinks links = InputLinks.open(folder);
    Manifest renamed = Manifest.of("lists/other.txt", file);
    assertThat(links.of(List.of(renamed))).isNotEqualTo(links.of(List.of(manifest)));
  }

  @Test
  void linksGoWithTheCacheToAnotherPlace() throws IOException {
    Path link = cache.relativize(shown(InputLinks.open(folder)));
    Path moved = Files.move(cache, directory.resolve("moved"));
    assertThat(moved.resolve(link)).hasContent("words");
  }

  @Test
  void whatWasLeftADayAgoIsRemoved() throws Exception {
    InputLinks links = InputLinks.open(folder);
    Path kept = shown(links);
    Path gone = links.of(List.of());
    Files.createDirectory(gone);
    Files.createSymbolicLink(gone.resolve("evicted"), Path.of("../../files/gone"));
    Path killed =
        Files.createSymbolicLink(
            folder.resolve(".link-of-a-process-that-was-killed"), Path.of("../files/id"));
    for (Path entry : entries()) {
      new ProcessBuilder("touch", "-h", "-d", "2 days ago", entry.toString())
          .inheritIO()
          .start()
          .waitFor();
    }
    Path fresh = Files.createDirectory(folder.resolve("of-another-worker-now"));

    InputLinks.open(folder);

    assertThat(killed).doesNotExist();
    assertThat(entries()).containsExactlyInAnyOrder(kept.getParent().getParent(), fresh);
  }

  @Test
  void nobodyElseMayWriteThere() throws IOException {
    InputLinks.open(folder);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> InputLinks.open(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("others may write into");
  }
}

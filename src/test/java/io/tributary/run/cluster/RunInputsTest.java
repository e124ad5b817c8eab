package io.tributary.run.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.cluster.transfer.FileStore;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.data.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunInputsTest {
  @TempDir Path directory;
  private FileStore store;

  @BeforeEach
  void open() throws IOException {
    store = FileStore.open(directory.resolve("store"), 1);
  }

  private Path write(String name) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "content of " + name);
  }

  private List<String> offered(Path... inputs) {
    return RunInputs.offer(List.of(inputs), store).stream().map(Manifest::name).toList();
  }

  @Test
  void aFileIsNamedByItsPlace() throws IOException {
    Path words = write("words.txt");
    List<Manifest> files = RunInputs.offer(List.of(words), store);

    assertThat(files).extracting(Manifest::name).containsExactly("0");
    assertThat(store.find(files.get(0).id())).contains(words);
  }

  @Test
  void theFilesOfADirectoryAreBelowItsPlace() throws IOException {
    write("model/config.json");
    write("model/parts/b.safetensors");
    write("model/parts/a.safetensors");

    assertThat(offered(write("words.txt"), directory.resolve("model")))
        .containsExactly("0", "1/config.json", "1/parts/a.safetensors", "1/parts/b.safetensors");
  }

  @Test
  void linksAreFollowed() throws IOException {
    write("store-of-models/blob");
    write("model/config.json");
    write("shared/tokenizer.json");
    Files.createSymbolicLink(
        directory.resolve("model/weights"), directory.resolve("store-of-models/blob"));
    Files.createSymbolicLink(directory.resolve("model/more"), directory.resolve("shared"));
    Path latest = directory.resolve("latest");
    Files.createSymbolicLink(latest, directory.resolve("model"));

    assertThat(offered(latest))
        .containsExactly("0/config.json", "0/more/tokenizer.json", "0/weights");
  }

  @Test
  void anInputThatIsGoneIsNamed() {
    Path gone = directory.resolve("gone.txt");
    assertThatThrownBy(() -> offered(gone))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(gone + " can't be offered to workers");
  }
}

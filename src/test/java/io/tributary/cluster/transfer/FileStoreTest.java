package io.tributary.cluster.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.data.Fingerprint;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.tensor.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest {
  @TempDir Path directory;
  private FileStore store;
  private long nanos;

  @BeforeEach
  void open() throws IOException {
    store = FileStore.open(directory.resolve("weights"), 2, () -> nanos);
  }

  private static WeightSnapshot weights(long version, float value) {
    List<TensorBytes> tensors =
        List.of(
            TensorBytes.of("a", new float[] {value, 2, 3, 4}, 2, 2),
            TensorBytes.of("b", new float[600_000], 600_000));
    return new WeightSnapshot(new WeightVersion(version, Fingerprint.of(tensors)), tensors);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("weights"))) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void writesWeightsThatReadBackAsTheSame() throws IOException {
    Manifest manifest = store.publish(weights(7, 1));

    Path file = store.find(manifest.id()).orElseThrow();
    assertThat(Fingerprint.of(List.copyOf(SafeTensors.read(file, name -> true).values())))
        .isEqualTo(weights(7, 1).version().fingerprint());
    assertThat(Manifest.of("7.safetensors", file)).isEqualTo(manifest);
  }

  @Test
  void writesAVersionOnce() throws IOException {
    Manifest first = store.publish(weights(1, 1));
    Path file = store.find(first.id()).orElseThrow();
    Object written = Files.readAttributes(file, "unix:ino,ctime");

    assertThat(store.publish(weights(1, 1))).isEqualTo(first);
    assertThat((Object) Files.readAttributes(file, "unix:ino,ctime")).isEqualTo(written);
  }

  @Test
  void keepsTheNewestVersions() throws IOException {
    Manifest first = store.publish(weights(1, 1));
    nanos += FileStore.IN_USE.toNanos() + 1;
    store.publish(weights(2, 2));
    store.publish(weights(3, 3));

    assertThat(files()).containsExactly("2.safetensors", "3.safetensors");
    assertThat(store.find(first.id())).isEmpty();
  }

  @Test
  void keepsWhatWasAskedForLately() throws IOException {
    store.publish(weights(1, 1));
    store.publish(weights(2, 2));
    nanos += FileStore.IN_USE.toNanos();
    store.publish(weights(1, 1));
    nanos += FileStore.IN_USE.toNanos();
    store.publish(weights(3, 3));
    assertThat(files()).containsExactly("1.safetensors", "3.safetensors");

    store.publish(weights(4, 4));
    store.publish(weights(5, 5));
    assertThat(files())
        .containsExactly("1.safetensors", "3.safetensors", "4.safetensors", "5.safetensors");
    nanos += 1;
    store.publish(weights(6, 6));

    assertThat(files())
        .containsExactly("3.safetensors", "4.safetensors", "5.safetensors", "6.safetensors");
  }

  @Test
  void writesAVersionAgainThatWasDeleted() throws IOException {
    Manifest first = store.publish(weights(1, 1));
    for (int version = 2; version < 5; version++) {
      nanos += FileStore.IN_USE.toNanos() + 1;
      store.publish(weights(version, version));
    }
    assertThat(store.find(first.id())).isEmpty();

    assertThat(store.publish(weights(1, 1))).isEqualTo(first);
    assertThat(store.find(first.id())).isPresent();
  }

  @Test
  void aVersionWithTheSameContentOutlivesTheOther() throws IOException {
    Manifest old = store.publish(weights(1, 1));
    store.publish(weights(2, 1));
    nanos += FileStore.IN_USE.toNanos() + 1;
    store.publish(weights(3, 3));

    Path left = store.find(old.id()).orElseThrow();
    assertThat(left).exists().hasFileName("2.safetensors");
  }

  @Test
  void deletesWhatAnEarlierProcessHasLeft() throws IOException {
    store.publish(weights(1, 1));
    Files.createFile(directory.resolve("weights/2.safetensors.part"));
    Files.createFile(directory.resolve("weights/notes.txt"));

    FileStore.open(directory.resolve("weights"), 2);

    assertThat(files()).containsExactly("notes.txt");
  }

  @Test
  void offersFilesByTheHashOfTheirContent() throws IOException {
    Path file = Files.writeString(directory.resolve("words.txt"), "one\ntwo\n");

    Manifest manifest = store.offer("lists/words.txt", file);

    assertThat(manifest.name()).isEqualTo("lists/words.txt");
    assertThat(store.find(manifest.id())).contains(file);
    assertThat(store.find("0".repeat(64))).isEmpty();
  }
}

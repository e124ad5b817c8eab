package io.tributary.cluster.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
  private static final String HASH = "ab".repeat(32);

  @TempDir Path directory;

  @Test
  void describesEveryByteOnce() throws Exception {
    Path file = TestFiles.random(directory.resolve("a"), 10_000);

    Manifest manifest = Manifest.of("a", file, 4096);

    assertThat(manifest.size()).isEqualTo(10_000);
    assertThat(manifest.chunks()).hasSize(3).doesNotHaveDuplicates();
    assertThat(manifest.length(0) + manifest.length(1) + manifest.length(2)).isEqualTo(10_000);
    assertThat(manifest.offset(2)).isEqualTo(8192);
  }

  @Test
  void hasNoLastEmptyChunk() throws Exception {
    Path file = TestFiles.random(directory.resolve("a"), 8192);

    assertThat(Manifest.of("a", file, 4096).chunks()).hasSize(2);
    assertThat(Manifest.of("empty", Files.createFile(directory.resolve("b")), 4096).chunks())
        .isEmpty();
  }

  @Test
  void theHashOfAChunkIsItsSha256() throws Exception {
    Path file = Files.writeString(directory.resolve("abc"), "abc");

    assertThat(Manifest.of("abc", file).chunks())
        .containsExactly("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void theIdDependsOnContentAloneAndNotOnTheName() throws Exception {
    Path file = TestFiles.random(directory.resolve("a"), 10_000);
    Path other = TestFiles.random(directory.resolve("b"), 10_001);

    assertThat(Manifest.of("x", file).id()).isEqualTo(Manifest.of("y", file).id());
    assertThat(Manifest.of("x", file).id()).isNotEqualTo(Manifest.of("x", other).id());
  }

  @Test
  void countsBeyondTwoGibibytes() {
    long size = (5L << 30) + 1;
    Manifest manifest =
        Manifest.of("big", size, Manifest.CHUNK_SIZE, Collections.nCopies(641, HASH));

    assertThat(manifest.offset(640)).isEqualTo(5L << 30);
    assertThat(manifest.length(640)).isEqualTo(1);
    assertThat(manifest.length(639)).isEqualTo(Manifest.CHUNK_SIZE);
  }

  @Test
  void refusesWhatContradictsItself() {
    Manifest good = Manifest.of("a", 10, 4096, List.of(HASH));

    assertThatThrownBy(() -> new Manifest("a", 11, 4096, good.chunks(), good.id()))
        .hasMessageContaining("the manifest says " + good.id());
    assertThatThrownBy(() -> Manifest.of("a", 5000, 4096, List.of(HASH)))
        .hasMessage("a: number of chunks 1, expected 2 to 2");
    assertThatThrownBy(() -> Manifest.of("a", 10, 4096, List.of("xyz")))
        .hasMessageContaining("64 hex digits");
    assertThatThrownBy(() -> Manifest.of("a", -1, 4096, List.of())).hasMessageContaining("size -1");
    assertThatThrownBy(() -> Manifest.of("a", Long.MAX_VALUE, 4096, List.of()))
        .hasMessageContaining("expected 0 to");
    assertThatThrownBy(() -> Manifest.of("a", 1, 0, List.of()))
        .hasMessageContaining("chunk size 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/etc/passwd", "../a", "a/../b", "a//b", "a/", ".", "a\\b", "a\nb"})
  void refusesNamesThatLeaveTheirDirectory(String name) {
    assertThatThrownBy(() -> Manifest.of(name, 0, 4096, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "base/model 1.safetensors", ".hidden", "a..b", "wörter"})
  void takesOtherNames(String name) {
    assertThat(Manifest.of(name, 0, 4096, List.of()).name()).isEqualTo(name);
  }
}

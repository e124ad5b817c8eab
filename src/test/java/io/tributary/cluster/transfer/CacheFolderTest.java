package io.tributary.cluster.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFolderTest {
  @TempDir Path directory;
  private Path folder;
  private CacheFolder cache;

  @BeforeEach
  void open() throws IOException {
    folder = directory.resolve("cache");
    cache = CacheFolder.open(folder, 3000);
  }

  private Manifest manifest(int bytes) throws IOException {
    return TestFiles.manifest(TestFiles.random(directory.resolve("f" + bytes), bytes));
  }

  /** Puts a file into the cache as a fetch does. */
  private Manifest put(CacheFolder cache, int bytes, long usedAt) throws IOException {
    Manifest manifest = manifest(bytes);
    try (CacheLocks.Hold hold = cache.tryWrite(manifest).orElseThrow()) {
      Files.write(cache.part(manifest), Files.readAllBytes(directory.resolve("f" + bytes)));
      cache.complete(manifest);
      assertThat(hold).isNotNull();
    }
    Files.setLastModifiedTime(folder.resolve(manifest.id()), FileTime.fromMillis(usedAt));
    return manifest;
  }

  private boolean holds(Manifest manifest) {
    return Files.exists(folder.resolve(manifest.id()));
  }

  private long locks() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".lock")).count();
    }
  }

  @Test
  void isForItsOwnerAlone() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
  }

  @Test
  void oneIntoWhichOthersMayWriteIsRefused() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxr-x"));
    assertThatThrownBy(() -> CacheFolder.open(folder, 3000))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("others may write into " + folder + " (rwxrwxr-x)");
  }

  @Test
  void removesWhatWasUsedLongestAgo() throws IOException {
    Manifest a = put(cache, 1000, 1);
    Manifest b = put(cache, 1001, 2);
    cache.use(a).orElseThrow().close();

    put(cache, 1002, 3);

    assertThat(holds(a)).isTrue();
    assertThat(holds(b)).isFalse();
    assertThat(folder.resolve(b.id() + ".lock")).doesNotExist();
  }

  @Test
  void neverRemovesWhatIsInUse() throws IOException {
    Manifest a = put(cache, 1000, 1);
    Manifest b = put(cache, 1001, 2);
    try (CachedFile inUse = cache.use(a).orElseThrow()) {
      Files.setLastModifiedTime(inUse.path(), FileTime.fromMillis(1));
      put(cache, 1002, 3);

      assertThat(holds(a)).isTrue();
      assertThat(holds(b)).isFalse();
    }
  }

  @Test
  void refusesWhatHasNoRoomBesideWhatIsInUse() throws IOException {
    Manifest a = put(cache, 2500, 1);
    try (CachedFile inUse = cache.use(a).orElseThrow()) {
      assertThatThrownBy(() -> put(cache, 1000, 2))
          .hasMessageContaining("may hold 3,000 bytes; 2,500 of them are in use")
          .hasMessageContaining("takes 1,000");
      assertThat(inUse.path()).exists();
    }
  }

  @Test
  void countsPartialFilesWithTheirFullSize() throws IOException {
    Manifest unfinished = manifest(2500);
    try (CacheLocks.Hold hold = cache.tryWrite(unfinished).orElseThrow()) {
      assertThat(hold).isNotNull();
      cache.part(unfinished);
      assertThatThrownBy(() -> put(cache, 1000, 2)).hasMessageContaining("2,500 of them");
    }
    put(cache, 1000, 2);
    assertThat(cache.lastWritten(unfinished)).isEmpty();
  }

  @Test
  void twoUsersShareAFileAndNeitherIsToldToWriteIt() throws IOException {
    Manifest a = put(cache, 1000, 1);
    CacheFolder other = CacheFolder.open(folder, 3000);
    CachedFile first = cache.use(a).orElseThrow();
    CachedFile second = other.use(a).orElseThrow();
    first.close();
    first.close();

    assertThat(cache.tryWrite(a)).isEmpty();
    second.close();
    cache.tryWrite(a).orElseThrow().close();
  }

  @Test
  void aFileFromBeforeIsVerifiedBeforeItsFirstUse() throws IOException {
    Manifest a = put(cache, 1000, 1);
    Manifest b = put(cache, 1001, 1);
    Files.write(folder.resolve(b.id()), new byte[1001]);

    CacheFolder restarted = CacheFolder.open(folder, 3000);

    assertThat(restarted.find(a.id())).isEmpty();
    assertThat(restarted.use(a)).isPresent();
    assertThat(restarted.find(a.id())).isPresent();
    assertThat(restarted.use(b)).isEmpty();
  }

  @Test
  void removesLocksThatNobodyNeeds() throws IOException {
    Manifest a = put(cache, 1000, 1);
    cache.tryWrite(manifest(5)).orElseThrow().close();
    assertThat(locks()).isEqualTo(3);

    CacheFolder.open(folder, 3000);

    assertThat(locks()).isEqualTo(2);
    assertThat(cache.use(a)).isPresent();
  }

  @Test
  void leavesOtherFilesAlone() throws IOException {
    Path other = Files.write(folder.resolve("README"), new byte[5000]);
    put(cache, 3000, 1);
    put(cache, 2999, 2);

    assertThat(other).exists();
  }
}

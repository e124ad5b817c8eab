package io.tributary.cluster.transfer;

import static io.tributary.cluster.transfer.TestFiles.CHUNK;
import static io.tributary.testing.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.tributary.testing.cluster.Relay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileFetcherTest {
  private static final int CHUNKS = 10;
  private static final int SIZE = CHUNKS * CHUNK - 1000;

  @TempDir Path directory;
  private Path file;
  private Path folder;
  private Manifest manifest;
  private FileServer server;
  private Relay relay;

  @BeforeEach
  void start() throws IOException {
    file = TestFiles.random(directory.resolve("file"), SIZE);
    folder = directory.resolve("cache");
    manifest = TestFiles.manifest(file);
    server = TestFiles.serve(manifest, file);
    relay = new Relay(server.port());
  }

  @AfterEach
  void stop() throws IOException {
    relay.close();
    server.close();
  }

  private CachedFile fetch(FileFetcher fetcher) throws IOException, InterruptedException {
    return fetcher.fetch(manifest, TestFiles.at(relay.port()), bytes -> {});
  }

  private void assertFetched(FileFetcher fetcher) throws IOException, InterruptedException {
    try (CachedFile cached = fetch(fetcher)) {
      assertThat(cached.path()).hasSameBinaryContentAs(file);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(each -> String.valueOf(each.getFileName())))
          .containsExactlyInAnyOrder(manifest.id(), manifest.id() + ".lock", "folder.lock");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void fetchesAFile(int parallel) throws Exception {
    assertFetched(TestFiles.fetcher(folder, parallel));
    assertThat(relay.connections()).isEqualTo(parallel);
    assertThat(server.stats().bytes()).isEqualTo(SIZE);
  }

  @Test
  void fetchesAnEmptyFile() throws Exception {
    Manifest empty = TestFiles.manifest(Files.createFile(directory.resolve("empty")));
    try (CachedFile cached =
        TestFiles.fetcher(folder, 2).fetch(empty, TestFiles.at(relay.port()), bytes -> {})) {
      assertThat(cached.path()).isEmptyFile();
    }
  }

  @Test
  void fetchesAFileOnce() throws Exception {
    assertFetched(TestFiles.fetcher(folder, 2));
    assertFetched(TestFiles.fetcher(folder, 2));
    server.close();
    assertFetched(TestFiles.fetcher(folder, 2));

    assertThat(server.stats().bytes()).isEqualTo(SIZE);
  }

  @Test
  void tellsItsProgress() throws Exception {
    List<Long> progress = new ArrayList<>();
    TestFiles.fetcher(folder, 1).fetch(manifest, TestFiles.at(relay.port()), progress::add).close();

    assertThat(progress).isSorted().contains(0L).endsWith((long) SIZE);
  }

  @Test
  void tellsWhyItTriesAgain() throws Exception {
    List<String> failures = new CopyOnWriteArrayList<>();
    relay.cutAfter(CHUNK / 2);
    TestFiles.fetcher(folder, 1)
        .fetch(
            manifest,
            TestFiles.at(relay.port()),
            new FetchWatch() {
              @Override
              public void inPlace(long bytes) {}

              @Override
              public void failed(URI source, String reason) {
                failures.add(source + ": " + reason);
              }
            })
        .close();

    assertThat(failures).singleElement(STRING).startsWith("http://127.0.0.1:" + relay.port());
  }

  @Test
  void goesOnWithinAChunkAfterTheConnectionBroke() throws Exception {
    relay.cutAfter(3 * CHUNK + CHUNK / 2);

    assertFetched(TestFiles.fetcher(folder, 1));

    assertThat(relay.connections()).isEqualTo(2);
    // what was cut is at most what the relay and the socket held
    assertThat(relay.fromServer()).isLessThan(SIZE + CHUNK / 2);
  }

  @Test
  void goesOnWithAnotherServerAfterTheFirstOneDied() throws Exception {
    relay.cutAfter(4 * CHUNK + 10);
    Thread restart =
        new Thread(
            () -> {
              until("it broke", () -> relay.connections() > 1);
              try {
                server.close();
                server = TestFiles.serve(manifest, file);
                relay.setTarget(server.port());
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    restart.start();

    assertFetched(TestFiles.fetcher(folder, 2));
    restart.join();
  }

  @Test
  void asksTheNextSourceAfterAFailure() throws Exception {
    List<URI> sources =
        List.of(URI.create("http://127.0.0.1:1"), TestFiles.at(server.port()).get(0));
    try (CachedFile cached = TestFiles.fetcher(folder, 1).fetch(manifest, sources, bytes -> {})) {
      assertThat(cached.path()).hasSameBinaryContentAs(file);
    }
  }

  @Test
  void keepsTheSoundChunksOfAPartialFile() throws Exception {
    byte[] part = Arrays.copyOf(Files.readAllBytes(file), 4 * CHUNK + 100);
    part[CHUNK] ^= 1;
    Files.createDirectories(folder);
    Files.write(folder.resolve("%s.%d.part".formatted(manifest.id(), SIZE)), part);

    assertFetched(TestFiles.fetcher(folder, 2));

    assertThat(server.stats().bytes()).isEqualTo(SIZE - 3 * CHUNK);
  }

  @Test
  void aDamagedFileInTheCacheIsMended() throws Exception {
    assertFetched(TestFiles.fetcher(folder, 1));
    byte[] damaged = Files.readAllBytes(file);
    damaged[3 * CHUNK + 5] ^= 1;
    Files.write(folder.resolve(manifest.id()), damaged);

    assertFetched(TestFiles.fetcher(folder, 1));

    assertThat(server.stats().bytes()).isEqualTo(SIZE + CHUNK);
  }

  @Test
  void aPartialFileThatIsTooLongIsCut() throws Exception {
    Files.createDirectories(folder);
    Files.write(folder.resolve("%s.%d.part".formatted(manifest.id(), SIZE)), new byte[SIZE + 100]);

    assertFetched(TestFiles.fetcher(folder, 2));
  }

  @Test
  void fetchesACorruptedChunkAgain() throws Exception {
    byte[] good = Files.readAllBytes(file);
    byte[] bad = good.clone();
    bad[2 * CHUNK + 7] ^= 0x10;
    Files.write(file, bad);
    AtomicLong most = new AtomicLong();
    List<Long> falls = new ArrayList<>();
    try (CachedFile cached =
        TestFiles.fetcher(folder, 1)
            .fetch(
                manifest,
                TestFiles.at(relay.port()),
                bytes -> {
                  if (bytes < most.getAndSet(bytes)) {
                    falls.add(bytes);
                    mend(good);
                  }
                })) {
      assertThat(cached.path()).hasBinaryContent(good);
    }
    assertThat(falls).containsExactly(2L * CHUNK);
    assertThat(server.stats().bytes()).isEqualTo(SIZE + CHUNK);
  }

  private void mend(byte[] content) {
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void givesUpAChunkThatIsAlwaysCorrupted() throws Exception {
    byte[] bad = Files.readAllBytes(file);
    bad[2 * CHUNK + 7] ^= 0x10;
    Files.write(file, bad);

    assertThatThrownBy(() -> fetch(TestFiles.fetcher(folder, 1)))
        .isInstanceOf(FetchException.class)
        .hasMessageStartingWith("file (" + manifest.id().substring(0, 12) + "…) from http://127")
        .hasMessageContaining("/files/" + manifest.id())
        .hasMessageContaining("chunk 3 of 10 has SHA-256 ")
        .hasMessageEndingWith("expected " + manifest.chunks().get(2) + " (3 times)");
    assertThat(folder.resolve(manifest.id())).doesNotExist();
  }

  @Test
  void aWrongTokenIsFinal() throws Exception {
    FileFetcher fetcher =
        new FileFetcher(
            CacheFolder.open(folder, Long.MAX_VALUE),
            BearerToken.of("another-token-than-theirs"),
            null,
            TestFiles.settings(1, Duration.ofMinutes(5)));

    assertThatThrownBy(() -> fetch(fetcher))
        .isInstanceOf(FetchException.class)
        .hasMessageEndingWith("answered 401 Unauthorized: not this run's token")
        .hasMessageNotContaining("another-token");
    assertThat(relay.connections()).isEqualTo(1);
  }

  @Test
  void aFileThatIsNoLongerOfferedIsFinal() throws Exception {
    Files.delete(file);

    assertThatThrownBy(() -> fetch(TestFiles.fetcher(folder, 2)))
        .hasMessageContaining("answered 404 Not Found");
  }

  @Test
  void aPeerThatIsNoServerIsGivenUp() throws Exception {
    FetchSettings impatient = TestFiles.settings(1, Duration.ofMillis(200));
    relay.setFlip(true);

    assertThatThrownBy(() -> fetch(TestFiles.fetcher(folder, impatient)))
        .isInstanceOf(FetchException.class);
  }

  @Test
  void triesUntilItsPatienceEnds() throws Exception {
    server.close();
    FetchSettings impatient = TestFiles.settings(1, Duration.ofMillis(300));
    long start = System.nanoTime();

    assertThatThrownBy(() -> fetch(TestFiles.fetcher(folder, impatient)))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("with 0 of %,d bytes and none for 0 s".formatted(SIZE));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(300));
    assertThat(relay.connections()).isGreaterThan(3);
  }

  @Test
  void aServerThatStandsStillCountsAsBroken() throws Exception {
    FetchSettings settings =
        new FetchSettings(
            1,
            Duration.ofSeconds(5),
            Duration.ofMillis(100),
            Duration.ofMinutes(1),
            Duration.ofMillis(5),
            Duration.ofMillis(5));
    relay.setFrozen(true);
    Thread thaw =
        new Thread(
            () -> {
              until("it has tried again", () -> relay.connections() > 2);
              relay.setFrozen(false);
            });
    thaw.start();

    assertFetched(TestFiles.fetcher(folder, settings));
    thaw.join();
  }

  @Test
  void anInterruptCancelsIt() throws Exception {
    relay.setFrozen(true);
    ExecutorService executor = Executors.newSingleThreadExecutor();
    CountDownLatch cancelled = new CountDownLatch(1);
    FileFetcher fetcher = TestFiles.fetcher(folder, 2);
    Future<?> future =
        executor.submit(
            () -> {
              try {
                fetch(fetcher);
              } catch (InterruptedException e) {
                cancelled.countDown();
              }
              return null;
            });
    until("it has connected", () -> relay.connections() == 2);

    future.cancel(true);

    assertThat(cancelled.await(4, TimeUnit.SECONDS)).isTrue();
    executor.shutdown();
    relay.setFrozen(false);
    assertFetched(fetcher);
  }

  @Test
  void manyUsersOfAFolderFetchAFileOnce() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(4);
    List<Future<CachedFile>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      FileFetcher fetcher = TestFiles.fetcher(folder, 2);
      all.add(executor.submit(() -> fetch(fetcher)));
    }
    for (Future<CachedFile> each : all) {
      try (CachedFile cached = each.get()) {
        assertThat(cached.path()).hasSameBinaryContentAs(file);
      }
    }
    executor.shutdown();

    assertThat(server.stats().bytes()).isEqualTo(SIZE);
  }

  @Test
  void aWorkerThatHasAFileServesItToOthers() throws Exception {
    CacheFolder cache = CacheFolder.open(folder, Long.MAX_VALUE);
    fetch(TestFiles.fetcher(folder, 2)).close();
    cache.use(manifest).orElseThrow().close();
    try (FileServer peer =
            FileServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                cache::find,
                TestFiles.TOKEN,
                null,
                TestFiles.LIMITS);
        CachedFile cached =
            TestFiles.fetcher(directory.resolve("other"), 2)
                .fetch(manifest, TestFiles.at(peer.port()), bytes -> {})) {
      assertThat(cached.path()).hasSameBinaryContentAs(file);
      assertThat(peer.stats().bytes()).isEqualTo(SIZE);
    }
  }

  @Test
  void aFileThatNobodyFinishesIsGivenUp() throws Exception {
    FetchSettings impatient = TestFiles.settings(1, Duration.ofMillis(100));
    CacheFolder cache = CacheFolder.open(folder, Long.MAX_VALUE);
    try (CacheLocks.Hold hold = cache.tryWrite(manifest).orElseThrow()) {
      assertThat(hold).isNotNull();
      assertThatThrownBy(() -> fetch(TestFiles.fetcher(folder, impatient)))
          .hasMessageContaining("another process has held it for PT0.1S without progress");
    }
  }

  @Test
  void saysThatTheCacheIsTooSmall() throws Exception {
    FileFetcher fetcher =
        new FileFetcher(
            CacheFolder.open(folder, 1000),
            TestFiles.TOKEN,
            null,
            TestFiles.settings(1, Duration.ofMinutes(5)));

    assertThatThrownBy(() -> fetch(fetcher))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("may hold 1,000 bytes");
  }

  @Test
  void refusesSourcesThatAreNone() throws Exception {
    FileFetcher fetcher = TestFiles.fetcher(folder, 1);

    assertThatThrownBy(() -> fetcher.fetch(manifest, List.of(URI.create("ftp://a:1")), bytes -> {}))
        .hasMessage("source: ftp://a:1, expected http://HOST:PORT or https://HOST:PORT");
  }
}

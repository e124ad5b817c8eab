package io.tributary.cluster.transfer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A file and who serves and fetches it, with settings for tests. */
final class TestFiles {
  static final int CHUNK = 64 * 1024;
  static final BearerToken TOKEN = BearerToken.of("a-token-for-these-tests");
  static final ServerLimits LIMITS = ServerLimits.standard(0, 8);

  private TestFiles() {}

  /** A file of random bytes. */
  static Path random(Path file, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return Files.write(file, content);
  }

  static Manifest manifest(Path file) throws IOException {
    return Manifest.of(String.valueOf(file.getFileName()), file, CHUNK);
  }

  static FileServer serve(Manifest manifest, Path file) throws IOException {
    return serve(manifest, file, LIMITS);
  }

  static FileServer serve(Manifest manifest, Path file, ServerLimits limits) throws IOException {
    return FileServer.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        id -> id.equals(manifest.id()) ? Optional.of(file) : Optional.empty(),
        TOKEN,
        null,
        limits);
  }

  static List<URI> at(int port) {
    return List.of(URI.create("http://127.0.0.1:" + port));
  }

  static FetchSettings settings(int parallel, Duration patience) {
    return new FetchSettings(
        parallel,
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        patience,
        Duration.ofMillis(5),
        Duration.ofMillis(20));
  }

  static FileFetcher fetcher(Path folder, int parallel) throws IOException {
    return fetcher(folder, settings(parallel, Duration.ofSeconds(30)));
  }

  static FileFetcher fetcher(Path folder, FetchSettings settings) throws IOException {
    return new FileFetcher(CacheFolder.open(folder, Long.MAX_VALUE), TOKEN, null, settings);
  }
}

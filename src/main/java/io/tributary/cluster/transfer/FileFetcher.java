package io.tributary.cluster.transfer;

import java.io.IOException;
import java.net.URI;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fetches files into a cache folder, from where they are fetched once: by any number of threads and
 * processes.
 */
public final class FileFetcher {
  private static final long WAIT_MILLIS = 50;

  private final CacheFolder cache;
  private final BearerToken token;
  private final @Nullable TlsSockets tls;
  private final FetchSettings settings;

  /**
   * @param token of the run
   * @param tls this machine's identity; null: only {@code http} is possible
   */
  public FileFetcher(
      CacheFolder cache, BearerToken token, @Nullable TlsSockets tls, FetchSettings settings) {
    this.cache = cache;
    this.token = token;
    this.tls = tls;
    this.settings = settings;
  }

  /**
   * Returns a file once it is complete and every chunk of it has been verified. What an earlier
   * attempt has left is not fetched again. Blocks; to cancel it, interrupt its thread.
   *
   * @param sources servers that may have it, such as {@code https://trainer:25521}; after a failure
   *     the next one is asked
   * @return to be closed after use
   * @throws FetchException when it is given up
   * @throws InterruptedException if it was cancelled; a later call goes on where it was
   */
  public CachedFile fetch(Manifest manifest, List<URI> sources, FetchWatch watch)
      throws FetchException, InterruptedException {
    sources.forEach(FileFetcher::requireSource);
    long deadline = System.nanoTime() + settings.patience().toNanos();
    Optional<FileTime> written = Optional.empty();
    try {
      while (true) {
        Optional<CachedFile> cached = cache.use(manifest);
        if (cached.isPresent()) {
          watch.inPlace(manifest.size());
          return cached.get();
        }
        Optional<CacheLocks.Hold> hold = cache.tryWrite(manifest);
        if (hold.isPresent()) {
          try {
            new Download(manifest, sources, settings, watch).run(cache.part(manifest), token, tls);
            cache.complete(manifest);
          } finally {
            hold.get().close();
          }
          continue;
        }
        Optional<FileTime> now = cache.lastWritten(manifest);
        if (!now.equals(written)) {
          written = now;
          deadline = System.nanoTime() + settings.patience().toNanos();
        }
        if (System.nanoTime() - deadline > 0) {
          throw new FetchException(
              "%s: given up: another process has held it for %s without progress"
                  .formatted(manifest.label(), settings.patience()));
        }
        Thread.sleep(WAIT_MILLIS);
      }
    } catch (FetchException e) {
      throw e;
    } catch (IOException e) {
      throw new FetchException("%s: the cache fails: %s".formatted(manifest.label(), e), e);
    }
  }

  private static void requireSource(URI source) {
    boolean http = "http".equals(source.getScheme()) || "https".equals(source.getScheme());
    if (!http || source.getHost() == null || source.getPort() < 0) {
      throw new IllegalArgumentException(
          "source: %s, expected http://HOST:PORT or https://HOST:PORT".formatted(source));
    }
  }
}

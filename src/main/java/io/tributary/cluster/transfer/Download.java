package io.tributary.cluster.transfer;

import io.tributary.data.Fingerprint;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Fetches the missing chunks of one file, some at a time, each by a {@link DownloadLane}. */
final class Download {
  private static final int BUFFER_BYTES = 128 * 1024;
  private static final long JOIN_MILLIS = 5000;

  private final Manifest manifest;
  private final List<URI> sources;
  private final FetchSettings settings;
  private final FetchWatch watch;
  private final Queue<Integer> missing = new ConcurrentLinkedQueue<>();
  private final AtomicLong inPlace = new AtomicLong();
  private final AtomicInteger attempts = new AtomicInteger();
  private volatile long lastProgress = System.nanoTime();
  private volatile boolean stopped;
  private volatile @Nullable FetchException failure;
  private List<DownloadLane> lanes = List.of();

  /**
   * @param sources servers that may have it
   */
  Download(Manifest manifest, List<URI> sources, FetchSettings settings, FetchWatch watch) {
    this.manifest = manifest;
    this.sources = List.copyOf(sources);
    this.settings = settings;
    this.watch = watch;
  }

  /**
   * Returns when the partial file is complete.
   *
   * @throws FetchException if it is given up
   * @throws IOException if the partial file can't be used
   */
  void run(Path part, BearerToken token, @Nullable TlsSockets tls)
      throws IOException, InterruptedException {
    try (FileChannel file =
        FileChannel.open(part, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      findMissing(file);
      lanes =
          IntStream.range(0, Math.min(settings.parallel(), missing.size()))
              .mapToObj(i -> new DownloadLane(this, file, token, tls, i))
              .toList();
      lanes.forEach(DownloadLane::start);
      try {
        for (DownloadLane lane : lanes) {
          lane.join(0);
        }
      } catch (InterruptedException e) {
        stop();
        for (DownloadLane lane : lanes) {
          lane.join(JOIN_MILLIS);
        }
        throw e;
      }
      FetchException failed = failure;
      if (failed != null) {
        throw failed;
      }
      if (inPlace.get() != manifest.size()) {
        throw new IllegalStateException(
            "%s: %,d of %,d bytes after all chunks"
                .formatted(manifest.label(), inPlace.get(), manifest.size()));
      }
      file.truncate(manifest.size());
    }
  }

  Manifest manifest() {
    return manifest;
  }

  FetchSettings settings() {
    return settings;
  }

  /** The source to ask at the n-th time. */
  URI source(int n) {
    return sources.get(n % sources.size());
  }

  int sources() {
    return sources.size();
  }

  /** The next chunk to fetch; null if there is none, or it was stopped. */
  @Nullable Integer next() {
    return stopped ? null : missing.poll();
  }

  boolean stopped() {
    return stopped;
  }

  void countAttempt() {
    attempts.incrementAndGet();
  }

  /** Bytes that have arrived; negative: that were thrown away. */
  void advance(long bytes) {
    watch.inPlace(inPlace.addAndGet(bytes));
    if (bytes > 0) {
      lastProgress = System.nanoTime();
    }
  }

  /** An attempt has failed, and another follows. */
  void retry(URI source, IOException e) {
    watch.failed(source, reason(e));
  }

  private static String reason(Throwable e) {
    String message = e.getMessage();
    return e instanceof IOException && message != null ? message : e.toString();
  }

  /** Whether nothing has arrived in any lane for too long. */
  boolean late() {
    return silence().compareTo(settings.patience()) > 0;
  }

  /** Gives the file up. The first to do so says why. */
  synchronized void fail(URI source, Throwable e) {
    if (!stopped) {
      failure =
          new FetchException(
              "%s from %s%s: given up after attempt %,d, with %,d of %,d bytes%s: %s"
                  .formatted(
                      manifest.label(),
                      source,
                      FileServer.path(manifest.id()),
                      attempts.get(),
                      inPlace.get(),
                      manifest.size(),
                      late() ? " and none for %d s".formatted(silence().toSeconds()) : "",
                      reason(e)),
              e);
    }
    stop();
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  private void stop() {
    stopped = true;
    lanes.forEach(DownloadLane::stop);
  }

  private Duration silence() {
    return Duration.ofNanos(System.nanoTime() - lastProgress);
  }

  /** Hashes what is there: a partial file that was found proves nothing. */
  private void findMissing(FileChannel file) throws IOException, InterruptedException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    long size = file.size();
    for (int chunk = 0; chunk < manifest.chunks().size(); chunk++) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      long end = manifest.offset(chunk) + manifest.length(chunk);
      if (end <= size && isSound(file, chunk, end, buffer)) {
        inPlace.addAndGet(manifest.length(chunk));
      } else {
        missing.add(chunk);
      }
    }
    watch.inPlace(inPlace.get());
    lastProgress = System.nanoTime();
  }

  private boolean isSound(FileChannel file, int chunk, long end, ByteBuffer buffer)
      throws IOException {
    MessageDigest digest = Fingerprint.sha256();
    long at = manifest.offset(chunk);
    while (at < end) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      int read = file.read(buffer, at);
      if (read <= 0) {
        return false;
      }
      digest.update(buffer.flip());
      at += read;
    }
    return hex(digest).equals(manifest.chunks().get(chunk));
  }
}

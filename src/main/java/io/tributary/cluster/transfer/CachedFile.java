package io.tributary.cluster.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** A complete, verified file of a cache folder, which stays there until this is closed. */
public final class CachedFile implements Closeable {
  private final Path path;
  private final CacheLocks.Hold hold;
  private final AtomicBoolean closed = new AtomicBoolean();

  CachedFile(Path path, CacheLocks.Hold hold) {
    this.path = path;
    this.hold = hold;
  }

  /** Where it is; never to be written to. */
  public Path path() {
    return path;
  }

  /** Lets the cache remove the file when it needs room. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        hold.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

package io.tributary.run.cluster;

import io.tributary.cluster.transfer.BearerToken;
import io.tributary.cluster.transfer.CacheFolder;
import io.tributary.cluster.transfer.CachedFile;
import io.tributary.cluster.transfer.FetchException;
import io.tributary.cluster.transfer.FetchSettings;
import io.tributary.cluster.transfer.FetchWatch;
import io.tributary.cluster.transfer.FileFetcher;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.transfer.TlsSockets;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.WorkerMetrics;
import io.tributary.model.DecoderConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** The files that a worker has fetched from its trainer. */
final class WorkerFiles {
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  /** For weights: a draw that waits for them is better given to another worker. */
  private static final Duration SHORT_PATIENCE = Duration.ofSeconds(20);

  /** Tells of failures, and what is in place otherwise. */
  private record Counted(FetchWatch failures, LongConsumer counted) implements FetchWatch {
    @Override
    public void inPlace(long bytes) {
      counted.accept(bytes);
    }

    @Override
    public void failed(URI source, String reason) {
      failures.failed(source, reason);
    }
  }

  private final FileFetcher fetcher;
  private final FileFetcher weights;
  private final List<URI> sources;
  private final InputLinks links;
  private final WorkerConsole console;
  private final WorkerMetrics metrics;

  /** In use, and so not evicted from the cache, for as long as the process lives. */
  private final List<CachedFile> inputs = new ArrayList<>();

  /**
   * Fetches nothing yet.
   *
   * @param links show the inputs under their names
   */
  WorkerFiles(
      CacheFolder cache,
      TlsSockets tls,
      ToNode.Welcome welcome,
      InputLinks links,
      WorkerConsole console,
      WorkerMetrics metrics) {
    BearerToken secret = BearerToken.of(welcome.secret());
    this.fetcher = new FileFetcher(cache, secret, tls, FetchSettings.standard(PATIENCE));
    this.weights = new FileFetcher(cache, secret, tls, FetchSettings.standard(SHORT_PATIENCE));
    this.sources = List.of(URI.create(welcome.source()));
    this.links = links;
    this.console = console;
    this.metrics = metrics;
  }

  /**
   * Fetches the inputs of the run; blocks.
   *
   * @return a folder that holds them
   */
  Path inputs(List<Manifest> files) {
    Path folder = links.of(files);
    long before = 0;
    FetchWatch all =
        console.fetching("the run's files", files.stream().mapToLong(Manifest::size).sum());
    try {
      for (Manifest file : files) {
        long others = before;
        CachedFile fetched =
            fetch(fetcher, file, new Counted(all, bytes -> all.inPlace(others + bytes)));
        before += file.size();
        inputs.add(fetched);
        links.show(folder, file, fetched.path());
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("%s can't be written: %s".formatted(folder, e), e);
    }
  }

  /**
   * Fetches weights and reads them; blocks.
   *
   * @param arriving is run when bytes have arrived
   */
  WeightSnapshot weights(ToSlot.Proposal wanted, Runnable arriving, DecoderConfig model) {
    long start = System.nanoTime();
    FetchWatch shown = console.fetching("proposal " + wanted.version(), wanted.file().size());
    FetchWatch watch =
        new Counted(
            shown,
            bytes -> {
              shown.inPlace(bytes);
              arriving.run();
            });
    try (CachedFile file = fetch(weights, wanted.file(), watch)) {
      console.fetched(
          wanted.version(), wanted.file().size(), Duration.ofNanos(System.nanoTime() - start));
      return new WeightSnapshot(
          new WeightVersion(wanted.version(), wanted.fingerprint()),
          model.tensors().read(file.path()),
          wanted.guideStrength());
    }
  }

  private CachedFile fetch(FileFetcher from, Manifest file, FetchWatch watch) {
    long begun = System.nanoTime();
    long bytes = 0;
    try {
      CachedFile fetched = from.fetch(file, sources, watch);
      bytes = file.size();
      return fetched;
    } catch (FetchException e) {
      throw new UncheckedIOException(new IOException(e.getMessage(), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the worker is ending", e);
    } finally {
      metrics.fetched(bytes, Duration.ofNanos(System.nanoTime() - begun));
    }
  }
}

package io.tributary.cluster.transfer;

import io.tributary.data.Fingerprint;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread of a {@link Download}, with one connection at a time. It writes a chunk to its place
 * in the file and hashes it as it arrives; the chunk counts once its hash is right. A connection
 * that breaks within a chunk costs none of it: the next one asks for the rest.
 */
final class DownloadLane {
  private static final Logger log = LoggerFactory.getLogger(DownloadLane.class);

  /** How often a chunk may arrive with wrong bytes. */
  private static final int MAX_CORRUPT = 3;

  private static final int BUFFER_BYTES = 128 * 1024;

  /** The file can't be written: no other attempt would help. */
  private static final class DiskException extends IOException {
    private static final long serialVersionUID = 1L;

    DiskException(IOException cause) {
      super("the cache can't be written: " + cause.getMessage(), cause);
    }
  }

  /** A chunk arrived with wrong bytes. */
  private static final class CorruptException extends IOException {
    private static final long serialVersionUID = 1L;

    CorruptException(String message) {
      super(message);
    }
  }

  private final Download download;
  private final Manifest manifest;
  private final FileChannel file;
  private final BearerToken token;
  private final @Nullable TlsSockets tls;
  private final Thread thread;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private volatile @Nullable ClientConnection connection;
  private MessageDigest digest = Fingerprint.sha256();
  private int received;
  private int source;
  private int failures;
  private int refusals;
  private int corrupt;

  /**
   * @param source the number of the source to begin with
   */
  DownloadLane(
      Download download,
      FileChannel file,
      BearerToken token,
      @Nullable TlsSockets tls,
      int source) {
    this.download = download;
    this.manifest = download.manifest();
    this.file = file;
    this.token = token;
    this.tls = tls;
    this.source = source;
    this.thread = FileServer.daemon("fetch-" + source, this::fetchAll);
  }

  void start() {
    thread.start();
  }

  /** Ends whatever it waits for; the download is stopped already. */
  void stop() {
    disconnect();
    thread.interrupt();
  }

  /** Waits for its end; 0: for however long it takes. */
  void join(long millis) throws InterruptedException {
    thread.join(millis);
  }

  private void fetchAll() {
    try {
      for (Integer chunk = download.next(); chunk != null; chunk = download.next()) {
        corrupt = 0;
        begin();
        while (!attempt(chunk) && !download.stopped()) {
          pause();
        }
      }
    } catch (InterruptedException e) {
      log.debug("{} is no longer wanted", manifest.label(), e);
    } catch (RuntimeException | Error e) {
      download.fail(download.source(source), e);
    } finally {
      disconnect();
    }
  }

  /** Returns whether the chunk is complete. */
  private boolean attempt(int chunk) {
    try {
      download.countAttempt();
      receive(chunk);
      failures = 0;
      refusals = 0;
      return true;
    } catch (IOException e) {
      disconnect();
      URI failed = download.source(source);
      source++;
      failures++;
      refusals = isRefusal(e) ? refusals + 1 : 0;
      if (e instanceof DiskException
          || corrupt >= MAX_CORRUPT
          || refusals >= download.sources()
          || download.late()) {
        download.fail(failed, e);
      } else if (!download.stopped()) {
        log.debug("{} from {}: {}", manifest.label(), failed, e.toString());
        download.retry(failed, e);
      }
      return false;
    }
  }

  private void receive(int chunk) throws IOException {
    int length = manifest.length(chunk);
    long offset = manifest.offset(chunk);
    ClientConnection open = connect();
    open.request(manifest, token, offset + received, length - received);
    while (received < length) {
      int read = open.read(buffer);
      digest.update(buffer, 0, read);
      write(ByteBuffer.wrap(buffer, 0, read), offset + received);
      received += read;
      download.advance(read);
    }
    String found = Download.hex(digest);
    if (!found.equals(manifest.chunks().get(chunk))) {
      corrupt++;
      download.advance(-received);
      begin();
      throw new CorruptException(
          "chunk %d of %d has SHA-256 %s, expected %s (%d times)"
              .formatted(
                  chunk + 1,
                  manifest.chunks().size(),
                  found,
                  manifest.chunks().get(chunk),
                  corrupt));
    }
  }

  private void begin() {
    received = 0;
    digest = Fingerprint.sha256();
  }

  private ClientConnection connect() throws IOException {
    ClientConnection open = connection;
    if (open == null) {
      open = new ClientConnection(download.source(source));
      connection = open;
      if (download.stopped()) {
        throw new IOException("no longer wanted");
      }
      open.open(tls, download.settings());
    }
    return open;
  }

  private void disconnect() {
    ClientConnection open = connection;
    connection = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      log.debug("a connection can't be closed", e);
    }
  }

  private void write(ByteBuffer bytes, long at) throws DiskException {
    long next = at;
    try {
      while (bytes.hasRemaining()) {
        next += file.write(bytes, next);
      }
    } catch (IOException e) {
      throw new DiskException(e);
    }
  }

  /** Whether the same source would answer the same again. */
  private static boolean isRefusal(IOException e) {
    boolean broken = false;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      broken |=
          cause instanceof EOFException
              || cause instanceof SocketException
              || cause instanceof SocketTimeoutException;
    }
    return e instanceof ClientConnection.Refused || (e instanceof SSLException && !broken);
  }

  /** Longer after each failure in a row, and different for each client. */
  private void pause() throws InterruptedException {
    long first = download.settings().firstPause().toMillis();
    long longest = download.settings().longestPause().toMillis();
    long pause = Math.min(longest, first << Math.min(20, failures - 1));
    Thread.sleep(ThreadLocalRandom.current().nextLong(pause / 2, pause + 1));
  }
}

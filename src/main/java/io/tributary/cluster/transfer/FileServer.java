package io.tributary.cluster.transfer;

import io.tributary.io.RateLimit;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves files by the hash of their content over HTTP/1.1: {@code GET /files/ID}, with or without
 * {@code Range}, always with a bearer token.
 *
 * <p>Each connection has a blocking thread of its own, so that a slow client holds up nobody and is
 * its own backpressure. Memory and threads are bounded by {@link ServerLimits#connections}: when
 * there are that many, the oldest that has not shown the token yet is closed for a new one, and if
 * all have, the new one is closed. One thread closes connections whose deadline has passed, which
 * ends whatever their threads wait for.
 */
public final class FileServer implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(FileServer.class);
  private static final String PATH = "/files/";
  private static final int BACKLOG = 128;
  private static final long DEADLINE_CHECK_MILLIS = 100;
  private static final long PAUSE_AFTER_FAILURE_MILLIS = 100;
  private static final long JOIN_MILLIS = 5000;

  private final ServerSocketChannel listener;
  private final ServerContext context;
  private final ServerLimits limits;
  private final RateLimit arrivals;
  private final ServerStats stats;

  /** In the order in which they came; guarded by itself. */
  private final Set<ServerConnection> connections = new LinkedHashSet<>();

  private final Thread acceptor = daemon("transfer-accept", this::accept);
  private final Thread deadlines = daemon("transfer-deadlines", this::watchDeadlines);

  private FileServer(ServerSocketChannel listener, ServerContext context, ServerLimits limits) {
    this.listener = listener;
    this.context = context;
    this.limits = limits;
    this.stats = context.stats();
    this.arrivals = context.arrivals();
  }

  /**
   * Starts to serve.
   *
   * @param address to bind; port 0: any free port
   * @param find the file of an id, if there is one
   * @param tls null: connections are not encrypted, and the token is sent in the clear
   * @throws IOException if the address can't be bound
   */
  public static FileServer start(
      InetSocketAddress address,
      Function<String, Optional<Path>> find,
      BearerToken token,
      @Nullable TlsSockets tls,
      ServerLimits limits)
      throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.bind(address, BACKLOG);
    } catch (IOException e) {
      listener.close();
      throw new IOException("%s can't be bound: %s".formatted(address, e.getMessage()), e);
    }
    RateLimit uploads = new RateLimit(limits.uploadBytesPerSecond(), ServerConnection.PIECE_BYTES);
    RateLimit arrivals = new RateLimit(limits.newConnectionsPerSecond(), limits.connections());
    ServerContext context =
        new ServerContext(find, token, tls, limits, uploads, arrivals, new ServerStats());
    FileServer server = new FileServer(listener, context, limits);
    server.acceptor.start();
    server.deadlines.start();
    return server;
  }

  /** The path of a file in this server's URIs. */
  static String path(String id) {
    return PATH + id;
  }

  /** The id in a path, whether there is such a file or not; null for any other path. */
  static @Nullable String id(String path) {
    String id = path.startsWith(PATH) ? path.substring(PATH.length()) : "";
    return Manifest.isHash(id) ? id : null;
  }

  /** The port that was bound. */
  public int port() {
    return listener.socket().getLocalPort();
  }

  /** What it has done so far. */
  public ServerStats stats() {
    return stats;
  }

  /** Number of open connections. */
  public int connections() {
    synchronized (connections) {
      return connections.size();
    }
  }

  /** Changes the limit of all uploads together, in bytes a second; 0: no limit. */
  public void setUploadLimit(long bytesPerSecond) {
    context.uploads().setRate(bytesPerSecond);
  }

  /** Closes all connections, and waits for their threads for a few seconds. */
  @Override
  public void close() throws IOException {
    listener.close();
    acceptor.interrupt();
    deadlines.interrupt();
    List<ServerConnection> open;
    synchronized (connections) {
      open = List.copyOf(connections);
    }
    open.forEach(ServerConnection::close);
    try {
      acceptor.join(JOIN_MILLIS);
      deadlines.join(JOIN_MILLIS);
      for (ServerConnection connection : open) {
        connection.join(JOIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private void accept() {
    try {
      while (listener.isOpen()) {
        try {
          arrivals.take(1);
          admit(listener.accept());
        } catch (ClosedChannelException e) {
          return;
        } catch (IOException | RuntimeException | OutOfMemoryError e) { // there may be no thread
          log.warn("a connection can't be accepted: {}", e.toString());
          Thread.sleep(PAUSE_AFTER_FAILURE_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      log.debug("closed while waiting for connections", e);
    }
  }

  private void admit(SocketChannel channel) throws IOException, InterruptedException {
    stats.accepted.increment();
    boolean admitted = false;
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      admitted = isAdmitted(channel);
    } finally {
      if (!admitted) {
        channel.close();
      }
    }
  }

  private boolean isAdmitted(SocketChannel channel) throws IOException, InterruptedException {
    synchronized (connections) {
      if (connections.size() >= limits.connections() && !closeOldestStranger()) {
        stats.refused.increment();
        return false;
      }
      ServerConnection connection = new ServerConnection(channel, context, this::ended);
      connections.add(connection);
      boolean started = false;
      try {
        connection.start();
        started = true;
      } finally {
        if (!started) {
          connections.remove(connection);
        }
      }
      return started;
    }
  }

  /** Returns whether there is room for one more connection now. */
  private boolean closeOldestStranger() throws InterruptedException {
    Optional<ServerConnection> oldest =
        connections.stream().filter(connection -> !connection.authorized()).findFirst();
    if (oldest.isEmpty()) {
      return false;
    }
    stats.refused.increment();
    oldest.get().close();
    long deadline = System.nanoTime() + JOIN_MILLIS * 1_000_000;
    while (connections.size() >= limits.connections() && deadline - System.nanoTime() > 0) {
      connections.wait(JOIN_MILLIS);
    }
    return connections.size() < limits.connections();
  }

  private void ended(ServerConnection connection) {
    synchronized (connections) {
      connections.remove(connection);
      connections.notifyAll();
    }
  }

  private void watchDeadlines() {
    try {
      while (listener.isOpen()) {
        Thread.sleep(DEADLINE_CHECK_MILLIS);
        long now = System.nanoTime();
        synchronized (connections) {
          connections.forEach(connection -> connection.closeIfLate(now));
        }
      }
    } catch (InterruptedException e) {
      log.debug("closed while watching deadlines", e);
    }
  }
}

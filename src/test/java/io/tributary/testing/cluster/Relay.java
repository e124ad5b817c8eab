package io.tributary.testing.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bad network between a client and a server on loopback: breaks connections, flips bits of what
 * the server sends, and stands still.
 */
public final class Relay implements Closeable {
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong fromServer = new AtomicLong();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile int target;
  private volatile long cutAfter = Long.MAX_VALUE;
  private volatile boolean flip;
  private volatile boolean frozen;

  /**
   * @param target the server's port
   */
  public Relay(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Where connections lead to from now on. */
  public void setTarget(int port) {
    target = port;
  }

  /** Breaks the connection that carries this byte from the server, counted over all; once. */
  public void cutAfter(long bytes) {
    cutAfter = bytes;
  }

  /** Whether the last byte of whatever the server sends at a time is changed. */
  public void setFlip(boolean on) {
    flip = on;
  }

  /** Whether nothing is passed on from the server; connections stay open. */
  public void setFrozen(boolean on) {
    frozen = on;
  }

  /** Bytes from the server so far. */
  public long fromServer() {
    return fromServer.get();
  }

  /** Connections so far. */
  public int connections() {
    return connections.get();
  }

  /** Breaks all connections. */
  public void cut() {
    sockets.forEach(Relay::close);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        connections.incrementAndGet();
        sockets.add(client);
        start(() -> connect(client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void connect(Socket client) {
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      sockets.add(server);
      start(() -> pass(client, server, false));
      pass(server, client, true);
    } catch (IOException e) {
      // the client sees it
    }
  }

  private void pass(Socket from, Socket to, boolean bad) {
    byte[] buffer = new byte[4096];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (bad) {
          spoil(buffer, read, from);
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException | InterruptedException e) {
      // the other direction ends too
    }
    close(from);
    close(to);
  }

  private void spoil(byte[] buffer, int read, Socket from)
      throws IOException, InterruptedException {
    while (frozen && !from.isClosed()) {
      Thread.sleep(10);
    }
    if (fromServer.addAndGet(read) > cutAfter) {
      cutAfter = Long.MAX_VALUE;
      throw new IOException("cut");
    }
    if (flip) {
      buffer[read - 1] ^= 1;
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is no longer of use anyway
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    thread.start();
  }
}

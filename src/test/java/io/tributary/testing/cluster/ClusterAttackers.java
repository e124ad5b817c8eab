package io.tributary.testing.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tributary.config.ClusterConfig;
import io.tributary.config.tls.MutualTls;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Clients that mean no good to the ports of a trainer's cluster. The last three have a certificate
 * of its authority.
 */
public final class ClusterAttackers implements AutoCloseable {
  private static final int HELD = 1000;
  private static final int MOST_FRAME_BYTES = 64 << 20;
  private static final byte[] MAGIC = "AKKA".getBytes(US_ASCII);

  /** What they do. */
  public enum Kind {
    /** Random bytes, each on a connection of its own. */
    NOISE,
    /** A thousand connections that say nothing, or only begin to. */
    HELD,
    /** A certificate of another authority. */
    STRANGER,
    /** What a node with a right certificate has sent, once more. */
    REPLAY,
    /** Frames that are said to have 2 GiB. */
    OVERSIZED,
    /** Frames with random content. */
    GARBAGE,
    /** A thousand connections that complete their handshake and say nothing. */
    HELD_TRUSTED
  }

  /** What attackers have. */
  public record Arms(TestAuthority.Identity node, TestAuthority.Identity stranger) {
    private SSLContext node(boolean trusted) {
      TestAuthority.Identity own = trusted ? node : stranger;
      return MutualTls.read(
              "tls", new ClusterConfig.Tls(own.certificate(), own.key(), node.authority()))
          .context();
    }
  }

  private final int port;
  private final Kind kind;
  private final Duration pause;
  private final SSLContext trusted;
  private final SSLContext stranger;
  private final AtomicLong done = new AtomicLong();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Thread thread;

  /** Attacks a port of this machine until it is closed, and pauses after each connection. */
  public ClusterAttackers(int port, Kind kind, Duration pause, Arms arms) {
    this.pause = pause;
    this.port = port;
    this.kind = kind;
    this.trusted = arms.node(true);
    this.stranger = arms.node(false);
    this.thread = new Thread(() -> attack(new Random(1)), "attacker-" + kind);
    thread.setDaemon(true);
    thread.start();
  }

  /** Connections so far. */
  public long connections() {
    return done.get();
  }

  private void attack(Random random) {
    while (!ended.get()) {
      try {
        switch (kind) {
          case NOISE -> noise(random);
          case HELD -> hold(random, false);
          case STRANGER -> tls(stranger, connect());
          case REPLAY -> replay();
          case OVERSIZED -> oversized(random);
          case GARBAGE -> garbage(random);
          case HELD_TRUSTED -> hold(random, true);
        }
      } catch (IOException e) {
        // the server has had enough of this one
      }
      pause(); // the processors are the server's too
    }
  }

  private Socket connect() throws IOException {
    done.incrementAndGet();
    return connect(new Socket());
  }

  private Socket connect(Socket socket) throws IOException {
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2000);
    socket.setSoTimeout(2000);
    return socket;
  }

  private void noise(Random random) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes(random, 1 + random.nextInt(2000)));
      socket.shutdownOutput();
      readAll(socket);
    }
  }

  private static byte[] bytes(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void readAll(Socket socket) throws IOException {
    byte[] buffer = new byte[4096];
    int read = 0;
    while (read >= 0) {
      read = socket.getInputStream().read(buffer);
    }
  }

  /** Opens all at once, and then replaces those that are closed, until the end. */
  private void hold(Random random, boolean trustworthy) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      while (!ended.get()) {
        if (sockets.size() < HELD) {
          try {
            sockets.add(trustworthy ? tls(trusted, connect()) : begun(random));
            if (done.get() >= HELD) {
              pause(); // the first come at once
            }
          } catch (IOException e) {
            pause(); // no more for now
          }
          continue;
        }
        sockets.removeIf(ClusterAttackers::isClosed);
        pause();
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  /** A record of a handshake that is never completed, or not even that. */
  private Socket begun(Random random) throws IOException {
    Socket socket = connect();
    if (random.nextBoolean()) {
      socket.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1});
    }
    return socket;
  }

  private static boolean isClosed(Socket socket) {
    try {
      socket.setSoTimeout(1);
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private void pause() {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private SSLSocket tls(SSLContext context, Socket socket) throws IOException {
    SSLSocket layer =
        (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", port, true);
    layer.setEnabledProtocols(new String[] {"TLSv1.3"});
    layer.startHandshake();
    return layer;
  }

  private void replay() throws IOException {
    Recorded recorded = new Recorded();
    done.incrementAndGet();
    try (SSLSocket socket = tls(trusted, connect(recorded))) {
      socket.getOutputStream().write(frames((byte) 2, new byte[100]));
      socket.getOutputStream().flush();
    }
    for (int i = 0; i < 20 && !ended.get(); i++) {
      try (Socket socket = connect()) {
        socket.getOutputStream().write(recorded.sent.toByteArray());
        readAll(socket);
      } catch (IOException e) {
        // as is to be expected
      }
      pause();
    }
  }

  /** Remembers what is sent. */
  private static final class Recorded extends Socket {
    final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(super.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          sent.write(bytes, from, length);
          out.write(bytes, from, length);
        }

        @Override
        public void write(int single) throws IOException {
          sent.write(single);
          out.write(single);
        }
      };
    }
  }

  private static byte[] frames(byte stream, byte[]... contents) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(MAGIC);
    out.write(stream);
    for (byte[] content : contents) {
      out.write(length(content.length));
      out.write(content);
    }
    return out.toByteArray();
  }

  private static byte[] length(int bytes) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes).array();
  }

  private void oversized(Random random) throws IOException {
    try (SSLSocket socket = tls(trusted, connect())) {
      OutputStream out = socket.getOutputStream();
      out.write(frames((byte) (1 + random.nextInt(3))));
      out.write(length(Integer.MAX_VALUE));
      byte[] piece = new byte[64 * 1024];
      for (int sent = 0; sent < MOST_FRAME_BYTES && !ended.get(); sent += piece.length) {
        out.write(piece);
      }
      while (!ended.get() && !isClosed(socket)) {
        pause();
      }
    }
  }

  private void garbage(Random random) throws IOException {
    try (SSLSocket socket = tls(trusted, connect())) {
      byte[][] contents = new byte[20][];
      for (int i = 0; i < contents.length; i++) {
        contents[i] = bytes(random, random.nextInt(500));
      }
      socket.getOutputStream().write(frames((byte) random.nextInt(5), contents));
      socket.getOutputStream().flush();
      readAll(socket);
    }
  }

  /** Ends them. */
  @Override
  public void close() {
    ended.set(true);
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Attacks until it is killed.
   *
   * @param arguments port, kind, milliseconds of a pause, and the folders of a trusted and of
   *     another authority
   */
  public static void main(String[] arguments) throws Exception {
    ClusterAttackers attackers =
        new ClusterAttackers(
            Integer.parseInt(arguments[0]),
            Kind.valueOf(arguments[1]),
            Duration.ofMillis(Integer.parseInt(arguments[2])),
            new Arms(identity(Path.of(arguments[3])), identity(Path.of(arguments[4]))));
    while (true) {
      Thread.sleep(1000);
      System.out.println(attackers.connections() + " connections");
    }
  }

  private static TestAuthority.Identity identity(Path folder) {
    return new TestAuthority.Identity(
        folder.resolve("node.pem"), folder.resolve("node-key.pem"), folder.resolve("ca.pem"));
  }
}

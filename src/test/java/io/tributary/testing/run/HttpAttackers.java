package io.tributary.testing.run;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that mean no good, as many as a process can make; they go on until they are killed. */
public final class HttpAttackers {
  private static final String HEAD = " HTTP/1.1\r\nHost: localhost\r\n";
  private static final AtomicLong done = new AtomicLong();
  private static final byte[] buffer = new byte[64 * 1024];

  /** What they do. */
  public enum Kind {
    /** Random bytes, and requests with random parts, each on a connection of its own. */
    FUZZ,
    /** A thousand requests for metrics at the same time, again and again. */
    CONCURRENT,
    /** Connections that ask for much and read nothing, and others that send a byte a second. */
    SLOW,
    /** Requests one behind the other without waiting for answers. */
    PIPELINED,
    /** Settings that are not JSON, up to the limit of a body's size. */
    BODIES,
    /** All of it at once. */
    ALL
  }

  private HttpAttackers() {}

  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    Kind kind = Kind.valueOf(arguments[1]);
    for (Kind each : kind == Kind.ALL ? Kind.values() : new Kind[] {kind}) {
      int threads = each == Kind.ALL ? 0 : each == Kind.CONCURRENT ? 1 : 4;
      for (int i = 0; i < threads; i++) {
        Random random = new Random(i);
        new Thread(
                () -> {
                  while (true) {
                    try {
                      attack(each, port, random);
                    } catch (IOException e) {
                      // the server has had enough of this one
                    }
                  }
                })
            .start();
      }
    }
    while (true) {
      Thread.sleep(1000);
      System.out.println(done.get() + " connections and requests");
    }
  }

  private static void attack(Kind kind, int port, Random random) throws IOException {
    switch (kind) {
      case FUZZ -> fuzz(port, random);
      case CONCURRENT -> concurrent(port);
      case SLOW -> slow(port);
      case PIPELINED -> pipelined(port);
      case BODIES -> bodies(port, random);
      case ALL -> throw new IllegalStateException("not one of them");
    }
  }

  private static Socket connect(int port) throws IOException {
    done.incrementAndGet();
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  private static void readAll(Socket socket) throws IOException {
    socket.setSoTimeout(60_000);
    int read = 0;
    while (read >= 0) {
      read = socket.getInputStream().read(buffer);
    }
  }

  private static String noise(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return new String(bytes, ISO_8859_1);
  }

  private static void fuzz(int port, Random random) throws IOException {
    try (Socket socket = connect(port)) {
      send(
          socket,
          random.nextBoolean()
              ? noise(random, 1 + random.nextInt(1000))
              : "GET /" + noise(random, 20) + HEAD + noise(random, 8) + ": " + noise(random, 50));
      socket.shutdownOutput();
      readAll(socket);
    }
  }

  private static void concurrent(int port) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        sockets.add(connect(port));
      }
      for (Socket socket : sockets) {
        send(socket, "GET /metrics" + HEAD + "Connection: close\r\n\r\n");
      }
      for (Socket socket : sockets) {
        readAll(socket);
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void slow(int port) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 120; i++) {
        Socket socket = connect(port);
        sockets.add(socket);
        send(
            socket,
            i % 2 == 0
                ? ("GET /metrics" + HEAD + "\r\n").repeat(20)
                : "PATCH /config" + HEAD + "X: ");
      }
      while (true) {
        Thread.sleep(1000);
        for (int i = 1; i < sockets.size(); i += 2) {
          send(sockets.get(i), "x");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void pipelined(int port) throws IOException {
    try (Socket socket = connect(port)) {
      send(
          socket,
          ("GET /status" + HEAD + "\r\n").repeat(200)
              + "GET /status"
              + HEAD
              + "Connection: close\r\n\r\n");
      done.addAndGet(200);
      readAll(socket);
    }
  }

  private static void bodies(int port, Random random) throws IOException {
    try (Socket socket = connect(port)) {
      String body = "{\"a\":".repeat(1 + random.nextInt(12_000)) + noise(random, 20);
      send(
          socket,
          "PATCH /config"
              + HEAD
              + "Content-Type: application/json\r\nConnection: close\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      readAll(socket);
    }
  }
}

package io.tributary.cluster.transfer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a {@link FileServer}: reads requests and answers them, one after the other, on
 * a thread of its own. Reads and writes block without a timeout; the server closes the channel when
 * the deadline has passed, which this thread moves as it makes progress.
 */
final class ServerConnection {
  /** What is sent at a time: small enough for the upload limit to be even. */
  static final int PIECE_BYTES = 128 * 1024;

  /** Far from any overflow: who checks the deadline may have read the clock before it was set. */
  private static final long FOREVER = Long.MAX_VALUE / 2;

  private static final Logger log = LoggerFactory.getLogger(ServerConnection.class);
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final SocketChannel channel;
  private final ServerContext context;
  private final Thread thread;
  private volatile long deadline;
  private volatile boolean authorized;
  private @Nullable ByteBuffer piece;

  /**
   * @param ended is called at its end, on its thread
   */
  ServerConnection(SocketChannel channel, ServerContext context, Consumer<ServerConnection> ended) {
    this.channel = channel;
    this.context = context;
    this.thread =
        FileServer.daemon(
            "transfer-" + channel.socket().getRemoteSocketAddress(),
            () -> {
              try {
                converse();
              } finally {
                close();
                ended.accept(this);
              }
            });
    allow(context.limits().headTimeout());
  }

  void start() {
    thread.start();
  }

  /** Whether it has shown the token. */
  boolean authorized() {
    return authorized;
  }

  /** Ends it at once, whatever its thread is doing: {@code sendfile} minds only the shutdown. */
  void close() {
    try (channel) {
      channel.shutdownOutput();
    } catch (ClosedChannelException e) {
      log.trace("{} is closed already", thread.getName(), e);
    } catch (IOException e) {
      log.debug("{} can't be closed", thread.getName(), e);
    }
  }

  void closeIfLate(long now) {
    if (now - deadline > 0) {
      log.debug("{} is closed: it took too long", thread.getName());
      close();
    }
  }

  void join(long millis) throws InterruptedException {
    thread.join(millis);
  }

  private void allow(Duration time) {
    deadline = System.nanoTime() + time.toNanos();
  }

  private void converse() {
    try {
      TlsSockets tls = context.tls();
      if (tls == null) {
        answerAll(channel.socket().getInputStream(), channel.socket().getOutputStream(), null);
        return;
      }
      try (SSLSocket socket = tls.server(channel.socket())) {
        socket.startHandshake();
        answerAll(socket.getInputStream(), socket.getOutputStream(), socket);
        allow(FAREWELL);
      }
    } catch (SSLException e) {
      if (channel.isOpen() && !authorized) {
        context.stats().unauthorized.increment();
        takeLeave();
      }
      log.debug("{}: {}", thread.getName(), e.toString());
    } catch (IOException | RuntimeException e) {
      log.debug("{}: {}", thread.getName(), e.toString());
    } catch (InterruptedException e) {
      log.debug("{} was interrupted", thread.getName(), e);
    }
  }

  private void answerAll(InputStream raw, OutputStream out, @Nullable SSLSocket tls)
      throws IOException, InterruptedException {
    InputStream in = new BufferedInputStream(raw, HttpHead.MAX_BYTES);
    boolean open = true;
    while (open) {
      try {
        HttpHead head = HttpHead.read(in);
        if (head == null) {
          return;
        }
        open = answer(head, out, tls == null);
      } catch (ProtocolException e) {
        refuse(out, "400 Bad Request", String.valueOf(e.getMessage()), "");
        open = false;
      }
      allow(context.limits().idleTimeout());
    }
    out.flush();
    if (tls == null) {
      takeLeave();
    }
  }

  /** Returns whether another request may follow. */
  private boolean answer(HttpHead request, OutputStream out, boolean plain)
      throws IOException, InterruptedException {
    if (request.start().size() != 3 || !request.start().get(2).startsWith("HTTP/1.")) {
      throw new ProtocolException("no HTTP/1.1");
    }
    if (!context.token().isIn(request.field("authorization"))) {
      context.stats().unauthorized.increment();
      return refuse(
          out, "401 Unauthorized", "not this run's token", "WWW-Authenticate: Bearer\r\n");
    }
    if (!authorized) {
      authorized = true;
      context.arrivals().giveBack(1);
    }
    if (!request.start().get(0).equals("GET")) {
      return refuse(out, "405 Method Not Allowed", "expected GET", "Allow: GET\r\n");
    }
    String length = request.field("content-length");
    if ((length != null && !length.equals("0")) || request.field("transfer-encoding") != null) {
      throw new ProtocolException("a request with a body");
    }
    String id = FileServer.id(request.start().get(1));
    Optional<Path> file = id == null ? Optional.empty() : context.find().apply(id);
    if (file.isEmpty()) {
      return refuse(out, "404 Not Found", "no such file, or no longer", "");
    }
    boolean last = "close".equalsIgnoreCase(request.field("connection"));
    FileChannel content;
    try {
      content = FileChannel.open(file.get(), StandardOpenOption.READ);
    } catch (IOException e) {
      log.warn("{} can't be served: {}", file.get(), e.toString());
      return refuse(out, "404 Not Found", "the file can't be read", "");
    }
    try (content) {
      long size = content.size();
      Optional<ByteRange> range = ByteRange.of(request.field("range"), size);
      if (range.isEmpty()) {
        return refuse(
            out,
            "416 Range Not Satisfiable",
            "the file has %d bytes".formatted(size),
            "Content-Range: bytes */%d\r\n".formatted(size));
      }
      out.write(head(range.get(), size, last).getBytes(US_ASCII));
      send(content, range.get(), out, plain);
    }
    context.stats().answers.increment();
    return !last;
  }

  private static String head(ByteRange range, long size, boolean last) {
    StringBuilder head = new StringBuilder();
    head.append(range.partial() ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n");
    if (range.partial()) {
      long end = range.first() + range.length() - 1;
      head.append("Content-Range: bytes %d-%d/%d\r\n".formatted(range.first(), end, size));
    }
    head.append("Content-Length: %d\r\n".formatted(range.length()));
    head.append("Content-Type: application/octet-stream\r\nAccept-Ranges: bytes\r\n");
    return head.append(last ? "Connection: close\r\n\r\n" : "\r\n").toString();
  }

  private void send(FileChannel content, ByteRange range, OutputStream out, boolean plain)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + context.limits().answerTimeout().toNanos();
    long idle = context.limits().idleTimeout().toNanos();
    long position = range.first();
    long left = range.length();
    while (left > 0) {
      int next = (int) Math.min(left, PIECE_BYTES);
      deadline = System.nanoTime() + FOREVER; // the upload limit may hold it up
      end += context.uploads().take(next);
      long now = System.nanoTime();
      deadline = end - now < idle ? end : now + idle;
      long sent = plain ? transfer(content, position, next) : copy(content, position, next, out);
      context.stats().bytes.add(sent);
      position += sent;
      left -= sent;
    }
  }

  /** Sends from the file without a copy in this process. */
  private long transfer(FileChannel content, long position, int bytes) throws IOException {
    long sent = content.transferTo(position, bytes, channel);
    if (sent == 0) {
      throw new EOFException("the file has become shorter");
    }
    return sent;
  }

  private long copy(FileChannel content, long position, int bytes, OutputStream out)
      throws IOException {
    ByteBuffer buffer = piece;
    if (buffer == null) {
      buffer = ByteBuffer.allocate(PIECE_BYTES);
      piece = buffer;
    }
    int read = content.read(buffer.clear().limit(bytes), position);
    if (read <= 0) {
      throw new EOFException("the file has become shorter");
    }
    out.write(buffer.array(), 0, read);
    return read;
  }

  /** Answers with a reason in one line; the connection ends then. */
  private static boolean refuse(OutputStream out, String status, String reason, String fields)
      throws IOException {
    String text = reason + "\n";
    String head =
        "HTTP/1.1 %s\r\n%sContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            .formatted(status, fields, text.length());
    out.write((head + text).getBytes(US_ASCII));
    return false;
  }

  /**
   * Reads what the client may still be sending until it has seen the end: closing at once would
   * reset the connection, and the client would lose the answer.
   */
  private void takeLeave() {
    allow(FAREWELL);
    try {
      channel.shutdownOutput();
      ByteBuffer ignored = ByteBuffer.allocate(1024);
      while (channel.read(ignored.clear()) >= 0) {
        // until its end, or the deadline
      }
    } catch (IOException e) {
      log.debug("{} has gone", thread.getName(), e);
    }
  }
}

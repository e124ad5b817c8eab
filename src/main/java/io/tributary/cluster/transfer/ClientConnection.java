package io.tributary.cluster.transfer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection to a {@link FileServer}, for one request at a time. It can be closed from
 * any thread at any moment, which ends whatever it waits for.
 */
final class ClientConnection implements Closeable {
  private static final int MAX_REASON_BYTES = 200;

  /** An answer other than a file's bytes; another attempt would get the same one. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  private final Socket socket = new Socket();
  private final URI source;
  private InputStream in = InputStream.nullInputStream();
  private OutputStream out = OutputStream.nullOutputStream();
  private long left;

  ClientConnection(URI source) {
    this.source = source;
  }

  /** Connects, and shows and checks certificates if the source is {@code https}. */
  void open(@Nullable TlsSockets tls, FetchSettings settings) throws IOException {
    socket.connect(
        new InetSocketAddress(source.getHost(), source.getPort()),
        (int) settings.connectTimeout().toMillis());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) settings.readTimeout().toMillis());
    InputStream raw = socket.getInputStream();
    out = socket.getOutputStream();
    if (source.getScheme().equals("https")) {
      if (tls == null) {
        throw new Refused("https needs this machine's certificate, and there is none");
      }
      SSLSocket secure = tls.client(socket, source.getHost());
      secure.startHandshake();
      raw = secure.getInputStream();
      out = secure.getOutputStream();
    }
    in = new BufferedInputStream(raw, HttpHead.MAX_BYTES);
  }

  /**
   * Asks for a part of a file, whose bytes {@link #read} returns then.
   *
   * @throws Refused if the server has no such bytes for us
   */
  void request(Manifest file, BearerToken token, long first, long length) throws IOException {
    long last = first + length - 1;
    String request =
        "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nRange: bytes=%d-%d\r\n\r\n"
            .formatted(
                FileServer.path(file.id()), source.getAuthority(), token.header(), first, last);
    out.write(request.getBytes(US_ASCII));
    HttpHead answer = HttpHead.read(in);
    if (answer == null) {
      throw new EOFException("the connection ended before an answer");
    }
    List<String> status = answer.start();
    if (status.size() < 2 || !status.get(0).startsWith("HTTP/1.")) {
      throw new ProtocolException("the answer is not HTTP/1.1");
    }
    left = answer.number("content-length");
    if (!status.get(1).equals("206")) {
      refused(answer);
    }
    String range = "bytes %d-%d/%d".formatted(first, last, file.size());
    if (!range.equals(answer.field("content-range")) || left != length) {
      throw new Refused("answered with another range than " + range);
    }
  }

  /**
   * Reads the next bytes of the part asked for.
   *
   * @return their number, at least 1
   */
  int read(byte[] buffer) throws IOException {
    int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
    if (read < 0) {
      throw new EOFException("the connection ended %,d bytes too early".formatted(left));
    }
    left -= read;
    return read;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void refused(HttpHead answer) throws IOException {
    String status = String.join(" ", answer.start().subList(1, answer.start().size()));
    byte[] reason = in.readNBytes((int) Math.min(MAX_REASON_BYTES, left));
    String text = new String(reason, US_ASCII).replaceAll("\\p{Cntrl}", " ").strip();
    String message = "answered %s: %s".formatted(status, text);
    throw status.startsWith("5") ? new IOException(message) : new Refused(message);
  }
}

package io.tributary.run.cluster;

import io.tributary.cluster.transfer.TlsSockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out why a worker can't join its trainer, which the attempts of the actor system don't tell:
 * makes a connection as they do.
 */
final class TrainerProbe {
  private static final Logger LOG = LoggerFactory.getLogger(TrainerProbe.class);
  private static final int CONNECT_MILLIS = 5000;
  private static final int HANDSHAKE_MILLIS = 5000;

  /** The trainer says at once that it does not accept a certificate. */
  private static final int REFUSAL_MILLIS = 500;

  private final String host;
  private final int port;
  private final Supplier<TlsSockets> tls;
  private final String own;

  /**
   * A probe of one trainer.
   *
   * @param tls this node's identity, read anew for each attempt
   * @param own name of this node
   */
  TrainerProbe(String host, int port, Supplier<TlsSockets> tls, String own) {
    this.host = host;
    this.port = port;
    this.tls = tls;
    this.own = own;
  }

  /** Where the trainer is expected: {@code HOST:PORT}. */
  String trainer() {
    return host + ":" + port;
  }

  /** What hinders the worker now, in words; blocks for seconds. */
  String obstacle() {
    try (Socket socket = new Socket()) {
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        return "the name %s is not known here".formatted(host);
      }
      try {
        socket.connect(address, CONNECT_MILLIS);
      } catch (SocketTimeoutException e) {
        return "no answer within %d s".formatted(CONNECT_MILLIS / 1000);
      }
      return afterHandshake(socket);
    } catch (SSLException e) {
      return ofTls(e);
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private String afterHandshake(Socket socket) throws IOException {
    try (SSLSocket secure = tls.get().client(socket, host)) {
      socket.setSoTimeout(HANDSHAKE_MILLIS);
      boolean accepted = false;
      try {
        secure.startHandshake();
        accepted = true;
        socket.setSoTimeout(REFUSAL_MILLIS);
        if (secure.getInputStream().read() < 0) {
          return "it ends the connection";
        }
      } catch (SocketTimeoutException e) {
        if (!accepted) {
          return "no TLS within %d s: it is overloaded, or speaks something else"
              .formatted(HANDSHAKE_MILLIS / 1000);
        }
        LOG.debug("nothing is said against this node", e);
      } catch (SocketException e) { // its reason is lost when more has been sent to it
        return "it breaks the connection off, as if it did not accept this node's certificate";
      }
      return "it answers, but has not let this node in yet; can it reach this node as %s?"
          .formatted(own);
    }
  }

  private String ofTls(SSLException thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage());
    if (message.contains("fatal alert")) {
      return "it does not accept this node's certificate (%s)"
          .formatted(message.replaceFirst(".*fatal alert: ", ""));
    } else if (cause instanceof CertificateExpiredException) {
      return "its certificate has expired";
    } else if (cause instanceof CertificateException && message.startsWith("No ")) {
      return "its certificate is for another name than %s".formatted(host);
    } else if (message.contains("trust anchors") || message.contains("certification path")) {
      return "its certificate is of another authority than this node's";
    }
    return "what answers there does not speak TLS as nodes do (%s)".formatted(message);
  }
}

package io.tributary.cluster.transfer;

import io.tributary.config.tls.MutualTls;
import java.io.IOException;
import java.net.Socket;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Sockets on which both sides show a certificate that the operator's authority has issued (TLS
 * 1.3).
 */
public final class TlsSockets {
  /** The first takes the least time where the processor has AES instructions. */
  private static final String[] CIPHER_SUITES = {
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"
  };

  private final Supplier<MutualTls> identity;

  /**
   * Sockets of a node.
   *
   * @param identity of the node, asked for each connection
   */
  public TlsSockets(Supplier<MutualTls> identity) {
    this.identity = identity;
  }

  /** The server's side of a connection. The socket stays open when TLS ends. */
  SSLSocket server(Socket socket) throws IOException {
    SSLSocket tls = layer(socket, socket.getInetAddress().getHostAddress());
    tls.setUseClientMode(false);
    tls.setNeedClientAuth(true);
    return tls;
  }

  /**
   * The client's side of a connection, which accepts only a certificate for this host. The socket
   * stays open when TLS ends.
   */
  public SSLSocket client(Socket socket, String host) throws IOException {
    SSLSocket tls = layer(socket, host);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    tls.setSSLParameters(parameters);
    return tls;
  }

  private SSLSocket layer(Socket socket, String host) throws IOException {
    SSLSocket tls =
        (SSLSocket)
            identity
                .get()
                .context()
                .getSocketFactory()
                .createSocket(socket, host, socket.getPort(), false);
    tls.setEnabledProtocols(new String[] {"TLSv1.3"});
    tls.setEnabledCipherSuites(CIPHER_SUITES);
    return tls;
  }
}

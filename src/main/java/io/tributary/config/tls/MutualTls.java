package io.tributary.config.tls;

import io.tributary.config.ClusterConfig;
import io.tributary.config.binding.ConfigException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS 1.3 on which both ends present a certificate of the cluster's authority, and the one that
 * connects checks that the other's is for the name it connected to.
 */
public final class MutualTls {
  private static final String[] PROTOCOLS = {"TLSv1.3"};

  private final SSLContext context;

  private MutualTls(SSLContext context) {
    this.context = context;
  }

  /**
   * Reads the files.
   *
   * @param section of the configuration that names the files, for messages
   * @throws ConfigException if one of them can't be used
   */
  public static MutualTls read(String section, ClusterConfig.Tls files) {
    TlsIdentity identity = TlsIdentity.read(section, files.certificateFile(), files.keyFile());
    List<X509Certificate> authorities = CertificateFile.read(section + ".ca-file", files.caFile());
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(identity.keyManagers(), trustManagers(authorities), null);
      return new MutualTls(context);
    } catch (GeneralSecurityException e) {
      throw new ConfigException("%s: its files can't be used: %s".formatted(section, e), e);
    }
  }

  /**
   * Requires that other nodes with the same authority would accept this one, as client and as
   * server.
   *
   * @param section of the configuration that names the files, for messages
   * @param host the name by which they reach it
   * @throws ConfigException if they would not
   */
  public void requireAccepted(String section, ClusterConfig.Tls files, String host) {
    try {
      Handshake.between(client(host, 0), server());
    } catch (SSLException e) {
      throw new ConfigException(
          "%s.certificate-file: other nodes would refuse %s: %s; expected a certificate for %s, for servers and clients, whose authority is in %s"
              .formatted(section, files.certificateFile(), reason(e), host, files.caFile()),
          e);
    }
  }

  /** An engine for a connection that another node opens. */
  public SSLEngine server() {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(PROTOCOLS);
    engine.setNeedClientAuth(true);
    return RecordLimit.on(engine);
  }

  /** An engine for a connection to another node. */
  public SSLEngine client(String host, int port) {
    SSLEngine engine = context.createSSLEngine(host, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setEndpointIdentificationAlgorithm("HTTPS"); // checks the host's name
    engine.setSSLParameters(parameters);
    return RecordLimit.on(engine);
  }

  /** For sockets, which have to ask for TLS 1.3, the client's certificate and the host's name. */
  public SSLContext context() {
    return context;
  }

  private static TrustManager[] trustManagers(List<X509Certificate> authorities)
      throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new IllegalStateException("nothing was read", e);
    }
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("authority-" + i, authorities.get(i));
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    return managers.getTrustManagers();
  }

  /** The innermost cause says what is wrong; those around it, that something is. */
  private static String reason(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }
}

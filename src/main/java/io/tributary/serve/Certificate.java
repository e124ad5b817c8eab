package io.tributary.serve;

import io.tributary.config.binding.ConfigException;
import io.tributary.config.tls.RecordLimit;
import io.tributary.config.tls.TlsIdentity;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** The server's certificate and private key, for TLS 1.2 and newer. */
record Certificate(SSLContext context) {
  private static final String SECTION = "http.tls";
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /**
   * @param certificateFile PEM: the server's certificate, then those between it and its root
   * @param keyFile PEM: PKCS #8, RSA or EC, without a passphrase
   * @throws ConfigException if they can't be read or don't match
   */
  static Certificate read(Path certificateFile, Path keyFile) {
    TlsIdentity identity = TlsIdentity.read(SECTION, certificateFile, keyFile);
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(identity.keyManagers(), null, null);
      return new Certificate(context);
    } catch (GeneralSecurityException e) {
      throw new ConfigException(SECTION + ".certificate-file: it can't be used: " + e, e);
    }
  }

  /** A TLS engine for one connection. */
  SSLEngine engine() {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(PROTOCOLS);
    return RecordLimit.on(engine);
  }
}

package io.tributary.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tributary.config.binding.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's certificate and private key, for TLS 1.2 and newer. */
record Certificate(SSLContext context) {
  private static final Logger log = LoggerFactory.getLogger(Certificate.class);
  private static final String CERTIFICATE_KEY = "http.tls.certificate-file";
  private static final String KEY_KEY = "http.tls.key-file";
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final char[] NO_PASSWORD = {};

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]*)-----([^-]*)-----END \\1-----");

  /**
   * @param certificateFile PEM: the server's certificate, then those between it and its root
   * @param keyFile PEM: PKCS #8, RSA or EC, without a passphrase
   * @throws ConfigException if they can't be read or don't match
   */
  static Certificate read(Path certificateFile, Path keyFile) {
    X509Certificate[] chain = chain(certificateFile);
    PrivateKey key = key(keyFile);
    requireSame(chain[0], key, certificateFile, keyFile);
    warnOfDates(chain[0], certificateFile);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", key, NO_PASSWORD, chain);
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(store, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return new Certificate(context);
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigException(CERTIFICATE_KEY + ": it can't be used: " + e, e);
    }
  }

  /** A TLS engine for one connection. */
  SSLEngine engine() {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(PROTOCOLS);
    return engine;
  }

  private static X509Certificate[] chain(Path file) {
    try {
      X509Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
              .toArray(X509Certificate[]::new);
      if (chain.length > 0) {
        return chain;
      }
      throw new ConfigException(
          "%s: no certificate in %s; expected PEM: -----BEGIN CERTIFICATE-----"
              .formatted(CERTIFICATE_KEY, file));
    } catch (IOException | CertificateException e) {
      throw new ConfigException(
          "%s: %s can't be read: %s".formatted(CERTIFICATE_KEY, file, e.getMessage()), e);
    }
  }

  private static PrivateKey key(Path file) {
    Matcher pem = PEM.matcher(Protection.secret(KEY_KEY, file));
    String convert = "openssl pkcs8 -topk8 -nocrypt -in %s -out KEY".formatted(file);
    if (!pem.find()) {
      throw new ConfigException(
          "%s: no key in %s; expected PEM: -----BEGIN PRIVATE KEY-----".formatted(KEY_KEY, file));
    }
    if (!pem.group(1).equals("PRIVATE KEY")) {
      throw new ConfigException(
          "%s: %s holds %s; expected PKCS #8 without a passphrase, PRIVATE KEY: %s"
              .formatted(KEY_KEY, file, pem.group(1), convert));
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(pem.group(2).getBytes(US_ASCII));
      PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(encoded);
      try {
        return KeyFactory.getInstance("RSA").generatePrivate(spec);
      } catch (InvalidKeySpecException notRsa) {
        return KeyFactory.getInstance("EC").generatePrivate(spec);
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new ConfigException(
          "%s: %s holds no key that can be used; expected RSA or EC".formatted(KEY_KEY, file), e);
    }
  }

  /** The certificate must verify what the key signs. */
  private static void requireSame(
      X509Certificate certificate, PrivateKey key, Path certificateFile, Path keyFile) {
    boolean same = certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm());
    try {
      if (same) {
        Signature signature =
            Signature.getInstance(
                key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
        signature.initSign(key);
        signature.update(certificate.getEncoded());
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(certificate.getEncoded());
        same = signature.verify(signed);
      }
    } catch (GeneralSecurityException e) {
      throw new ConfigException("%s: %s can't be used: %s".formatted(KEY_KEY, keyFile, e), e);
    }
    if (!same) {
      throw new ConfigException(
          "%s: %s is not the key of the first certificate in %s"
              .formatted(KEY_KEY, keyFile, certificateFile));
    }
  }

  /** Clients will complain, but training need not fail. */
  private static void warnOfDates(X509Certificate certificate, Path file) {
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException e) {
      log.warn("the certificate in {} has expired at {}", file, certificate.getNotAfter());
    } catch (CertificateNotYetValidException e) {
      log.warn("the certificate in {} is valid from {}", file, certificate.getNotBefore());
    }
  }
}

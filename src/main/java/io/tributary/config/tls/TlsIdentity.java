package io.tributary.config.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tributary.config.binding.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A certificate and its private key, by which one end of a TLS connection proves who it is. */
public final class TlsIdentity {
  private static final Logger log = LoggerFactory.getLogger(TlsIdentity.class);
  private static final char[] NO_PASSWORD = {};

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]*)-----([^-]*)-----END \\1-----");

  private final List<X509Certificate> chain;
  private final PrivateKey key;

  private TlsIdentity(List<X509Certificate> chain, PrivateKey key) {
    this.chain = chain;
    this.key = key;
  }

  /**
   * Reads certificate and key.
   *
   * @param section of the configuration that names the files, for messages
   * @param certificateFile PEM: the certificate, then those between it and its root
   * @param keyFile PEM: PKCS #8, RSA or EC, without a passphrase
   * @throws ConfigException if they can't be read or don't match
   */
  public static TlsIdentity read(String section, Path certificateFile, Path keyFile) {
    List<X509Certificate> chain =
        CertificateFile.read(section + ".certificate-file", certificateFile);
    PrivateKey key = key(section + ".key-file", keyFile);
    if (!areOne(chain.get(0), key)) {
      throw new ConfigException(
          "%s.key-file: %s is not the key of the first certificate in %s"
              .formatted(section, keyFile, certificateFile));
    }
    warnOfDates(chain.get(0), certificateFile);
    return new TlsIdentity(chain, key);
  }

  /** For an SSL context. */
  public KeyManager[] keyManagers() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(store, NO_PASSWORD);
      return managers.getKeyManagers();
    } catch (IOException e) {
      throw new IllegalStateException("nothing was read", e);
    }
  }

  private static PrivateKey key(String name, Path file) {
    Matcher pem = PEM.matcher(SecretFile.read(name, file));
    String convert = "openssl pkcs8 -topk8 -nocrypt -in %s -out KEY".formatted(file);
    if (!pem.find()) {
      throw new ConfigException(
          "%s: no key in %s; expected PEM: -----BEGIN PRIVATE KEY-----".formatted(name, file));
    }
    if (!pem.group(1).equals("PRIVATE KEY")) {
      throw new ConfigException(
          "%s: %s holds %s; expected PKCS #8 without a passphrase, PRIVATE KEY: %s"
              .formatted(name, file, pem.group(1), convert));
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
          "%s: %s holds no key that can be used; expected RSA or EC".formatted(name, file), e);
    }
  }

  /** Whether the certificate verifies what the key signs. */
  private static boolean areOne(X509Certificate certificate, PrivateKey key) {
    if (!certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
      return false;
    }
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
      signature.initSign(key);
      signature.update(certificate.getEncoded());
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(certificate.getEncoded());
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      log.debug("the key does not sign for its certificate", e);
      return false;
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

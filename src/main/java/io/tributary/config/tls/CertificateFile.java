package io.tributary.config.tls;

import io.tributary.config.binding.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** A PEM file with certificates. */
final class CertificateFile {
  private CertificateFile() {}

  /**
   * Reads the certificates in their order.
   *
   * @param key of the configuration that names the file, for messages
   * @throws ConfigException if it can't be read, or has none
   */
  static List<X509Certificate> read(String key, Path file) {
    try {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!certificates.isEmpty()) {
        return certificates;
      }
      throw new ConfigException(
          "%s: no certificate in %s; expected PEM: -----BEGIN CERTIFICATE-----"
              .formatted(key, file));
    } catch (IOException | CertificateException e) {
      throw new ConfigException("%s: %s can't be read: %s".formatted(key, file, e.getMessage()), e);
    }
  }
}

package io.tributary.testing.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate authority for a test, and the machines that it signs for. */
public final class TestAuthority {
  private static final String PASSWORD = "for this test";
  private static final String CA = "ca";

  /** A machine's PEM files. */
  public record Identity(Path certificate, Path key, Path authority) {}

  private final Path directory;
  private final Path store;
  private final Path certificate;

  /**
   * Makes an authority.
   *
   * @param directory for its files, one for each authority
   */
  public TestAuthority(Path directory) throws Exception {
    this.directory = directory;
    this.store = directory.resolve("authority.p12");
    generate(CA, "-dname", "CN=Test CA", "-ext", "bc:c");
    this.certificate =
        write(directory.resolve("ca.pem"), "CERTIFICATE", load().getCertificate(CA).getEncoded());
  }

  /**
   * Signs for a machine.
   *
   * @param name of its files
   * @param subjects alternative names, such as {@code dns:localhost,ip:127.0.0.1}
   * @param options more of keytool's
   */
  public Identity issue(String name, String subjects, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("-dname", "CN=" + name, "-signer", CA));
    all.addAll(List.of("-ext", "san=" + subjects));
    all.addAll(List.of(options));
    generate(name, all.toArray(String[]::new));
    KeyStore keys = load();
    return new Identity(
        write(
            directory.resolve(name + ".pem"),
            "CERTIFICATE",
            keys.getCertificate(name).getEncoded()),
        write(
            directory.resolve(name + "-key.pem"),
            "PRIVATE KEY",
            keys.getKey(name, PASSWORD.toCharArray()).getEncoded()),
        certificate);
  }

  private void generate(String alias, String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    command.addAll(List.of("-genkeypair", "-alias", alias, "-keyalg", "RSA", "-keysize", "2048"));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    command.addAll(List.of("-keystore", store.toString()));
    command.addAll(List.of(options));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException(output);
    }
  }

  private KeyStore load() throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static Path write(Path file, String label, byte[] content) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label, base64));
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}

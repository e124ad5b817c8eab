package io.tributary.config.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.ClusterConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.testing.cluster.TestAuthority;
import io.tributary.testing.cluster.TestAuthority.Identity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsIdentityTest {
  @TempDir private static Path directory;
  private static TestAuthority authority;
  private static Identity node;

  @BeforeAll
  static void issue() throws Exception {
    authority = new TestAuthority(directory);
    node = authority.issue("node", "dns:localhost");
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2048", "RSA, 1024", "EC, 256"})
  void aKeyThatDoesNotBelongToTheCertificateIsRefused(String algorithm, int bits) throws Exception {
    Path other = secret(pem("PRIVATE KEY", key(algorithm, bits)));
    assertThatThrownBy(() -> read(node.certificate(), other))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "cluster.tls.key-file: %s is not the key of the first certificate in %s",
            other, node.certificate());
  }

  @Test
  void aKeyThatTlsHereDoesNotUseIsRefused() throws Exception {
    Path ed25519 = secret(pem("PRIVATE KEY", key("Ed25519", 255)));
    assertThatThrownBy(() -> read(node.certificate(), ed25519))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith(ed25519 + " holds no key that can be used; expected RSA or EC");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AAAA", "A"})
  void whatIsNoKeyWithinItsMarksIsRefused(String inner) throws Exception {
    Path file = secret("-----BEGIN PRIVATE KEY-----\n" + inner + "\n-----END PRIVATE KEY-----\n");
    assertThatThrownBy(() -> read(node.certificate(), file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cluster.tls.key-file: ")
        .hasMessageContaining("no key that can be used");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
  void anotherFormOfKeyIsRefusedWithTheCommandThatConvertsIt(String label) throws Exception {
    Path file = secret(pem(label, new byte[9]));
    assertThatThrownBy(() -> read(node.certificate(), file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("holds " + label + "; expected PKCS #8 without a passphrase")
        .hasMessageEndingWith("openssl pkcs8 -topk8 -nocrypt -in %s -out KEY", file);
  }

  @Test
  void aFileWithoutPemIsRefused() throws Exception {
    Path text = secret("no key");
    assertThatThrownBy(() -> read(node.certificate(), text))
        .hasMessageContaining("cluster.tls.key-file: no key in " + text);
    assertThatThrownBy(() -> read(text, node.key()))
        .hasMessageContaining("cluster.tls.certificate-file: ")
        .hasMessageContaining(text.toString());
    Path empty = secret("");
    assertThatThrownBy(() -> read(empty, node.key()))
        .hasMessageContaining("cluster.tls.certificate-file: no certificate in " + empty);
  }

  @Test
  void aFileThatIsTooLargeForAKeyIsNotRead() throws Exception {
    Path large = secret("A".repeat(64 * 1024 + 1));
    assertThatThrownBy(() -> read(node.certificate(), large))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("has 65,537 bytes; expected at most 65,536");
  }

  /** Those who connect will complain; a run that could start yesterday starts today. */
  @ParameterizedTest
  @CsvSource({"expired, -9d", "future, +9d"})
  void aCertificateIsReadOutsideOfItsDatesToo(String name, String start) throws Exception {
    Identity dated = authority.issue(name, "dns:localhost", "-startdate", start, "-validity", "3");
    assertThat(read(dated.certificate(), dated.key()).keyManagers()).hasSize(1);
  }

  @Test
  void certificatesThatAreNoChainAreRefusedTogether() throws Exception {
    String own = Files.readString(node.certificate());
    Path twice = secret(own + own);
    ClusterConfig.Tls files = new ClusterConfig.Tls(twice, node.key(), node.authority());
    assertThatThrownBy(() -> MutualTls.read("cluster.tls", files))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cluster.tls: its files can't be used: ")
        .hasMessageContaining("chain is not valid");
  }

  private static TlsIdentity read(Path certificate, Path key) {
    return TlsIdentity.read("cluster.tls", certificate, key);
  }

  private static byte[] key(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair().getPrivate().getEncoded();
  }

  private static String pem(String label, byte[] content) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(content));
  }

  private static Path secret(String text) throws Exception {
    Path file = Files.createTempFile(directory, "secret", ".pem");
    Files.write(file, text.getBytes(US_ASCII));
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}

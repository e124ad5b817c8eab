package io.tributary.config.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.ClusterConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.testing.Slow;
import io.tributary.testing.TestTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates of openssl and of {@code scripts/make-certificates}. */
@Slow
class MutualTlsTest {
  private static final String MAKE =
      """
      set -e
      umask 077
      openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 9 -subj /CN=root
      openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout middle.key -out middle.csr -subj /CN=middle
      openssl x509 -req -in middle.csr -CA root.pem -CAkey root.key -set_serial 2 -days 9 -out middle.pem \
        -extfile <(echo basicConstraints=critical,CA:TRUE)
      issue() { # NAME KEY ISSUER EXTENSIONS
        openssl req -newkey $2 -nodes -keyout $1.key -out $1.csr -subj /CN=$1
        openssl x509 -req -in $1.csr -CA $3.pem -CAkey $3.key -set_serial 3 -days 9 -out $1.pem -extfile <(printf "$4")
      }
      issue rsa rsa:2048 root 'subjectAltName=DNS:node.example.org'
      issue ec 'ec -pkeyopt ec_paramgen_curve:P-256' root 'subjectAltName=DNS:*.example.org'
      issue chained 'ec -pkeyopt ec_paramgen_curve:P-256' middle 'subjectAltName=IP:10.0.0.1'
      cp chained.pem alone.pem
      cp chained.key alone.key
      cat middle.pem >>chained.pem
      issue server rsa:2048 root 'subjectAltName=DNS:node.example.org\\nextendedKeyUsage=serverAuth'
      """;

  @TempDir private static Path directory;

  @BeforeAll
  static void make() throws Exception {
    TestTools.require("openssl");
    run("bash", "-c", MAKE);
    run(
        Path.of("scripts/make-certificates").toAbsolutePath().toString(),
        directory.resolve("script").toString(),
        "node.example.org",
        "10.0.0.1");
  }

  @ParameterizedTest
  @CsvSource({
    "rsa, root, node.example.org",
    "ec, root, other.example.org",
    "chained, root, 10.0.0.1",
    "chained, middle, 10.0.0.1",
    "alone, middle, 10.0.0.1",
    "script/node.example.org, script/ca, node.example.org",
    "script/10.0.0.1, script/ca, 10.0.0.1",
  })
  void aCertificateForTheHostIsAccepted(String name, String authority, String host) {
    assertThatCode(() -> require(name, authority, host)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "rsa, root, example.org, No subject alternative DNS name matching example.org found",
    "ec, root, a.b.example.org, No subject alternative DNS name matching",
    "chained, root, 10.0.0.2, No subject alternative names matching IP address 10.0.0.2",
    "rsa, middle, node.example.org, unable to find valid certification path",
    "alone, root, 10.0.0.1, unable to find valid certification path",
    "server, root, node.example.org, client",
    "script/10.0.0.1, root, 10.0.0.1, ''",
  })
  void anyOtherIsRefused(String name, String authority, String host, String reason) {
    assertThatThrownBy(() -> require(name, authority, host))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cluster.tls.certificate-file: other nodes would refuse ")
        .hasMessageContaining(reason)
        .hasMessageContaining("expected a certificate for " + host);
  }

  @Test
  void bothEndsMustHaveTheSameAuthority() {
    MutualTls root = read("rsa", "root");
    MutualTls other = read("script/node.example.org", "script/ca");
    assertThatThrownBy(() -> Handshake.between(root.client("node.example.org", 1), other.server()))
        .isInstanceOf(SSLException.class);
    assertThatThrownBy(() -> Handshake.between(other.client("node.example.org", 1), root.server()))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void theScriptOverwritesNothingAndUsesTheAuthorityAgain() throws Exception {
    String script = Path.of("scripts/make-certificates").toAbsolutePath().toString();
    String made = directory.resolve("script").toString();
    assertThatThrownBy(() -> run(script, made, "10.0.0.1")).hasMessageContaining("is there");
    run(script, made, "late.example.org");
    require("script/late.example.org", "script/ca", "late.example.org");
    run(script, made, "*.workers"); // as pods of Kubernetes are called
    require("script/any.workers", "script/ca", "10-1-2-3.workers");
    assertThatThrownBy(() -> run(script, made, "bad/name")).hasMessageContaining("neither");
    assertThatThrownBy(() -> run(script)).hasMessageContaining("DIR HOST...");
    assertThat(directory.resolve("script").toFile().list()).hasSize(10);
  }

  @Test
  void aKeyThatOthersMayReadIsRefused() throws Exception {
    Path open = directory.resolve("open.key");
    Files.write(open, Files.readAllBytes(directory.resolve("rsa.key")), StandardOpenOption.CREATE);
    ClusterConfig.Tls files =
        new ClusterConfig.Tls(directory.resolve("rsa.pem"), open, directory.resolve("root.pem"));
    assertThatThrownBy(() -> MutualTls.read("cluster.tls", files))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cluster.tls.key-file: others than its owner have access");
  }

  /** So containers and supervisors give secrets to those who are not root. */
  @Test
  void theGroupMayReadAKeyOfRoot() throws Exception {
    Path key = directory.resolve("group.key");
    Files.write(key, Files.readAllBytes(directory.resolve("rsa.key")));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    if (Files.getAttribute(key, "unix:uid").equals(0)) {
      assertThat(SecretFile.read("key", key)).contains("PRIVATE KEY");
    } else {
      assertThatThrownBy(() -> SecretFile.read("key", key)).hasMessageContaining("rw-r-----");
    }
  }

  private static void require(String name, String authority, String host) {
    read(name, authority).requireAccepted("cluster.tls", files(name, authority), host);
  }

  private static MutualTls read(String name, String authority) {
    return MutualTls.read("cluster.tls", files(name, authority));
  }

  private static ClusterConfig.Tls files(String name, String authority) {
    return new ClusterConfig.Tls(
        directory.resolve(name + ".pem"),
        directory.resolve(name + ".key"),
        directory.resolve(authority + ".pem"));
  }

  private static void run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(output);
    }
  }
}

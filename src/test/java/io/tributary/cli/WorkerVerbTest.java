package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Cli;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verb worker, as far as it gets without a trainer. */
class WorkerVerbTest {
  @TempDir Path tls;

  @BeforeEach
  void makeFilesThatNoNodeCanUse() throws IOException {
    for (String name : new String[] {"localhost.pem", "localhost.key", "ca.pem"}) {
      Path file = Files.writeString(tls.resolve(name), "nonsense");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--samplers=0 --scorers=0 | --samplers=0 --scorers=0: expected at least one",
        "--device=tpu             | --device=tpu: expected cpu, gpu or gpu:N",
        "--trainer=localhost:     | --trainer=localhost:: expected HOST or HOST:PORT",
        "--trainer=localhost:high | --trainer=localhost:high: expected HOST or HOST:PORT",
        "--trainer=localhost:99999 | --trainer=localhost:99999: expected HOST or HOST:PORT",
        "--trainer=pekko://there  | --trainer=pekko://there: expected HOST or HOST:PORT",
        "--http=9100              | --http=9100: expected HOST:PORT",
        "--http=127.0.0.1:65536   | --http=127.0.0.1:65536: expected HOST:PORT",
        "--http=[::zz]:9100       | --http=[::zz]:9100: no host or address of this machine",
        "--port=65536             | --port must be between 0 and 65535, got 65536",
        "--bind=                  | --bind must be"
      })
  void whatCanNotBeIsSaidInTheWordsOfTheOption(String options, String message) {
    assertBadUsage(worker(options.split(" ", -1)), message);
  }

  @Test
  void samplersNameTheirDevices() {
    assertBadUsage(
        worker("--samplers=2@gpu:0,2@tpu:1"),
        "'--samplers': expected a number, or numbers with devices",
        "but was '2@gpu:0,2@tpu:1'");
  }

  @Test
  void theNameIsThatByWhichOthersReachIt() throws IOException {
    for (String part : new String[] {".pem", ".key"}) {
      Files.copy(tls.resolve("localhost" + part), tls.resolve("0.0.0.0" + part));
    }

    assertBadUsage(worker("--host=0.0.0.0"), "--host must be a host name or IPv4 address");
  }

  @Test
  void theFilesOfAFolderAreThoseOfTheName() throws IOException {
    assertBadUsage(
        worker("--host=other.example.org"),
        "--tls: there is no file " + tls.resolve("other.example.org.pem"));
    assertBadUsage(
        worker("--trainer=127.0.0.1"), "--tls: there is no file " + tls.resolve("127.0.0.1.pem"));
    Files.delete(tls.resolve("ca.pem"));
    assertBadUsage(worker(), "--tls: there is no file " + tls.resolve("ca.pem"));
  }

  @Test
  void byDefaultItHasTheNameOfThisMachine() throws IOException {
    Path empty = Files.createDirectory(tls.resolve("empty"));
    String name = InetAddress.getLocalHost().getCanonicalHostName();

    assertBadUsage(
        Cli.run("worker", "--trainer=trainer.example.org:17", "--tls=" + empty),
        "--tls: there is no file " + empty.resolve(name + ".pem"));
  }

  @Test
  void theFilesAreNamedByAFolderOrAllOfThem() {
    String[] each = {"--tls-certificate=", "--tls-key=", "--tls-ca="};
    String expected = "expected either --tls, or all of --tls-certificate, --tls-key and --tls-ca";
    String[] all =
        Stream.of(each).map(option -> option + tls.resolve("ca.pem")).toArray(String[]::new);

    assertBadUsage(Cli.run("worker", "--trainer=localhost"), expected);
    assertBadUsage(Cli.run("worker", "--trainer=localhost", all[0]), expected);
    assertBadUsage(Cli.run("worker", "--trainer=localhost", all[0], all[1]), expected);
    assertBadUsage(worker(all), expected);
    for (String one : all) {
      assertBadUsage(worker(one), expected);
    }
    assertBadUsage(
        Cli.run("worker", "--trainer=localhost", all[0], all[1], "--tls-ca=" + tls.resolve("no")),
        "--tls-ca: there is no file " + tls.resolve("no"));
  }

  @Test
  void aTokenFileHoldsAToken() throws IOException {
    assertBadUsage(
        worker("--token-file=" + tls.resolve("no")),
        "--token-file: there is no file " + tls.resolve("no"));

    assertBadInput(
        worker("--token-file=" + tls.resolve("ca.pem"), "--trainer=localhost:17"),
        "--token-file: no token in " + tls.resolve("ca.pem"));
  }

  @Test
  void aPortThatAnotherProgramHasIsThatOfTheOption() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertBadInput(
          worker("--http=127.0.0.1:" + other.getLocalPort(), "--cache=" + tls),
          "--http: %d on 127.0.0.1 can't be bound".formatted(other.getLocalPort()));
    }
  }

  @Test
  void aCacheThatCanNotBeUsedIsSaidAtOnce() throws IOException {
    Path file = Files.writeString(tls.resolve("file"), "");
    assertBadInput(worker("--cache=" + file), "--cache: " + file + " can't be used");
    Path inputs = Files.writeString(tls.resolve("inputs"), "");
    assertBadInput(worker("--cache=" + inputs.getParent()), "--cache: " + tls + " can't be used");
  }

  @Test
  void aCertificateThatCanNotBeUsedIsThatOfTheOption() {
    assertBadInput(
        worker(), "--tls-certificate: " + tls.resolve("localhost.pem") + " can't be read");
  }

  @Test
  void whatOtherMachinesCanCallIsEncrypted() throws IOException {
    Path token = Files.writeString(tls.resolve("token"), "0123456789abcdef\n");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));

    assertBadInput(
        worker("--http=0.0.0.0:0", "--http-token-file=" + token),
        "--tls-certificate: " + tls.resolve("localhost.pem") + " can't be read");
    assertBadInput(
        worker("--http=0.0.0.0:0", "--http-token-file=" + tls.resolve("ca.pem")),
        "--http-token-file: " + tls.resolve("ca.pem") + ": a token of 8 characters");
  }

  private Cli worker(String... options) {
    List<String> all = new ArrayList<>(List.of("worker", "--tls=" + tls));
    all.addAll(List.of(options));
    if (all.stream().noneMatch(option -> option.startsWith("--trainer="))) {
      all.add("--trainer=localhost");
    }
    return Cli.run(all.toArray(String[]::new));
  }

  private static void assertBadUsage(Cli cli, String... message) {
    assertThat(cli.err()).contains(message).endsWith("See 'tributary worker --help'.\n");
    assertThat(cli.out()).isEmpty();
    assertThat(cli.exitCode()).isEqualTo(2);
  }

  private static void assertBadInput(Cli cli, String... message) {
    assertThat(cli.err()).startsWith("tributary worker: --").contains(message).hasLineCount(1);
    assertThat(cli.exitCode()).isEqualTo(2);
  }
}

package io.tributary.run.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.binding.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTokenTest {
  private static final String TOKEN = "0123456789abcdef";
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("token");
    write(TOKEN + "\n");
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private RunToken read() {
    return RunToken.read("cluster.token-file", Optional.of(file));
  }

  @Test
  void whoHasTheTokenBelongsToTheRun() {
    assertThat(read().objection(TOKEN)).isEmpty();
    assertThat(RunToken.read("cluster.token-file", Optional.empty()).objection("")).isEmpty();
  }

  @Test
  void whoHasAnotherOrNoneOrOneTooManyDoesNot() {
    assertThat(read().objection("fedcba9876543210"))
        .contains("it is meant for another run: its token is not that of cluster.token-file");
    assertThat(read().objection(""))
        .contains("it has no token: give it the content of cluster.token-file as --token-file");
    assertThat(RunToken.read("cluster.token-file", Optional.empty()).objection(TOKEN))
        .contains(
            "it is meant for another run: it has a token, and this run has no cluster.token-file");
  }

  @Test
  void itIsInNoText() {
    assertThat(read().toString()).doesNotContain(TOKEN);
  }

  @Test
  void whatIsNoTokenIsRefusedWithoutShowingIt() throws IOException {
    write("short");
    assertThatThrownBy(this::read)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "cluster.token-file: no token in %s; expected 16 to 1,024 letters, digits and signs, such as openssl rand -hex 32 gives"
                .formatted(file));
    write("with white " + TOKEN);
    assertThatThrownBy(this::read).isInstanceOf(ConfigException.class);
  }

  @Test
  void aTokenThatOthersMayReadIsRefused() throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(this::read)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("cluster.token-file: others than its owner have access to");
  }
}

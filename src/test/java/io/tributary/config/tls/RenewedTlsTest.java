package io.tributary.config.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.ClusterConfig;
import io.tributary.testing.cluster.TestAuthority;
import io.tributary.testing.cluster.TestAuthority.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenewedTlsTest {
  @TempDir Path directory;

  @Test
  void changedFilesAreReadAgainAndThoseThatCannotBeUsedChangeNothing() throws Exception {
    TestAuthority authority = new TestAuthority(directory);
    Identity first = authority.issue("first", "dns:localhost");
    Identity second = authority.issue("second", "dns:localhost");
    RenewedTls tls =
        new RenewedTls(
            new ClusterConfig.Tls(first.certificate(), first.key(), first.authority()),
            "localhost");
    MutualTls before = tls.get();
    assertThat(tls.get()).isSameAs(before);

    replace(first.certificate(), second.certificate());
    assertThat(tls.get()).as("the key does not belong to it yet").isSameAs(before);
    replace(first.key(), second.key());
    MutualTls after = tls.get();
    assertThat(after).isNotSameAs(before);

    Files.delete(first.key());
    assertThat(tls.get()).isSameAs(after);
  }

  private static void replace(Path file, Path by) throws IOException {
    Files.copy(by, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
  }
}

package io.tributary.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Programs that tests use and that Maven can't bring. */
public final class TestTools {
  private TestTools() {}

  /**
   * Skips the test where one of the programs is not on the PATH, saying how to get it; fails where
   * it should be: with {@code CI} in the environment.
   */
  public static void require(String... programs) {
    List<String> missing = Arrays.stream(programs).filter(name -> !found(name)).toList();
    String message =
        "%s not on the PATH; scripts/install-test-tools gets what is missing"
            .formatted(String.join(" and ", missing));
    assertThat(missing.isEmpty() || System.getenv("CI") == null).as(message).isTrue();
    assumeTrue(missing.isEmpty(), message);
  }

  private static boolean found(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}

package io.tributary.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tributary.cli.Tributary;
import io.tributary.config.ClusterConfig;
import io.tributary.config.ConfigLoader;
import io.tributary.config.HttpConfig;
import io.tributary.config.TributaryConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the files under {@code conf/deploy} start, as far as it can be tried without starting it.
 */
final class Deployed {
  static final Path FOLDER = Path.of("conf/deploy");
  static final String PROGRAM = "/opt/tributary/bin/tributary";

  private Deployed() {}

  /** Requires that the program knows the options. */
  static void requireUsage(List<String> arguments) {
    assertThatCode(() -> Tributary.commandLine().parseArgs(arguments.toArray(String[]::new)))
        .as("%s", arguments)
        .doesNotThrowAnyException();
  }

  /** The words after the program of a command line, without quotes and continued lines. */
  static List<String> words(String commandLine) {
    String arguments = commandLine.substring(commandLine.indexOf(PROGRAM) + PROGRAM.length());
    return Arrays.asList(arguments.replace("\"", "").replace("\\\n", " ").strip().split("\\s+"));
  }

  /**
   * A trainer's configuration, with the files of this checkout for those of an installation, and
   * empty ones for its certificates.
   */
  static TributaryConfig configuration(Path directory, String hocon, Map<String, String> overrides)
      throws IOException {
    String tls = Files.createDirectories(directory.resolve("tls")).toString();
    Map<String, String> here = new HashMap<>();
    overrides.forEach((key, value) -> here.put(key, here(value, tls)));
    Path file = Files.writeString(directory.resolve("run.conf"), here(hocon, tls));
    for (String name :
        List.of("tls.crt", "tls.key", "ca.crt", "trainer.pem", "trainer.key", "ca.pem")) {
      Files.writeString(directory.resolve("tls").resolve(name), "");
    }
    TributaryConfig config = ConfigLoader.load(file, here);
    requireTrainer(config);
    return config;
  }

  private static String here(String text, String tls) {
    return text.replace("/opt/tributary", Path.of("").toAbsolutePath().toString())
        .replace("/etc/tributary/tls", tls);
  }

  private static void requireTrainer(TributaryConfig config) {
    ClusterConfig cluster = config.cluster().orElseThrow();
    HttpConfig http = config.http();
    assertThat(config.samplers().count() + config.scorers().count()).isZero();
    assertThat(config.run().home().toString()).startsWith("/var/lib/tributary/");
    assertThat(http.host()).isEqualTo("0.0.0.0");
    assertThat(http.tls().certificateFile()).contains(cluster.tls().certificateFile());
    assertThat(cluster.port()).isEqualTo(17355);
    assertThat(cluster.filesPort()).isEqualTo(17356);
  }
}

package io.tributary.cluster.membership;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.config.ClusterConfig;
import io.tributary.testing.TestTools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An authority and certificates, made by the script for trying out. */
final class TestCertificates {
  private final Path directory;

  TestCertificates(Path directory, String... hosts) throws Exception {
    TestTools.require("openssl");
    this.directory = directory;
    List<String> command = new ArrayList<>(List.of("scripts/make-certificates"));
    command.add(directory.toString());
    command.addAll(List.of(hosts));
    Process script = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(script.getInputStream().readAllBytes(), UTF_8);
    if (script.waitFor() != 0) {
      throw new IllegalStateException(output);
    }
  }

  ClusterConfig.Tls of(String host) {
    return new ClusterConfig.Tls(
        directory.resolve(host + ".pem"),
        directory.resolve(host + ".key"),
        directory.resolve("ca.pem"));
  }
}

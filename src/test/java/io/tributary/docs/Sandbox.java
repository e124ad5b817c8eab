package io.tributary.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A folder that looks like a checkout to the commands of the documentation: {@code conf} is a copy,
 * what is only read is linked, everything else is written here.
 */
final class Sandbox {
  private static final Path CHECKOUT = Path.of("").toAbsolutePath();
  private static final Pattern NAMED = Pattern.compile("# (conf/[\\w-]+\\.conf)");
  private static final int PATIENCE_SECONDS = 60;

  private final Path home;
  private int fragments;

  Sandbox(Path home) throws IOException {
    this.home = home;
    try (Stream<Path> files = Files.walk(Path.of("conf"))) {
      for (Path file : files.toList()) {
        Path copy = home.resolve(file);
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.writeString(copy, Files.readString(file).replace("= tls/", "= " + home + "/tls/"));
        }
      }
    }
    for (String name : new String[] {"docs", "scripts", "test-data"}) {
      if (!Files.exists(home.resolve(name))) {
        Files.createSymbolicLink(home.resolve(name), CHECKOUT.resolve(name));
      }
    }
    for (String name : new String[] {"runs", "elsewhere"}) {
      Files.createDirectories(home.resolve(name));
    }
  }

  /**
   * Writes a configuration that the documentation shows: under the name in its first line; or as
   * settings that are added to those of the quickstart.
   */
  Path write(Page.Block block) throws IOException {
    Matcher name = NAMED.matcher(block.lines().get(0));
    if (name.matches()) {
      return Files.writeString(home.resolve(name.group(1)), block.text());
    }
    return Files.writeString(
        home.resolve("conf/fragment-%d.conf".formatted(fragments++)),
        "include \"tasks/task-01-frequent-word.conf\"\ntributary {\n%s\n}\n"
            .formatted(withFiles(block.text())));
  }

  /** A text in which files that the reader is to make are others, which are there. */
  private String withFiles(String settings) throws IOException {
    for (String name : new String[] {"token", "cert.pem", "key.pem"}) {
      Files.writeString(home.resolve(name), "");
    }
    Files.createDirectories(home.resolve("runs/sentiment"));
    return settings.replaceAll("= (token|cert\\.pem|key\\.pem|runs/\\w+)", "= \"" + home + "/$1\"");
  }

  /** A path of a command as one from the folder that the tests run in. */
  String path(String argument) {
    boolean written = argument.matches("(conf|runs|docs)/.*|tls|[\\w-]+\\.jsonl");
    return written ? resolve(argument).toString() : argument;
  }

  /** What a command calls by this name; what it writes under {@code docs} is put beside it. */
  Path resolve(String name) {
    return home.resolve(name.replaceFirst("^docs/", "written/"));
  }

  /** Writes the lines, with numbers in them, twenty times each. */
  Path numbered(String name, String... lines) throws IOException {
    return Files.write(
        home.resolve(name),
        IntStream.range(0, 20)
            .boxed()
            .flatMap(i -> Stream.of(lines).map(line -> line.formatted(i)))
            .toList());
  }

  /** Deletes a folder and what is in it, if it is there. */
  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** What a command of the shell prints, standard error too; an exit code other than 0 is told. */
  String shell(String command, Map<String, String> variables)
      throws IOException, InterruptedException {
    ProcessBuilder bash = new ProcessBuilder("bash", "-e", "-o", "pipefail", "-c", command);
    bash.directory(home.toFile()).redirectErrorStream(true).environment().putAll(variables);
    Process process = bash.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new AssertionError("%s: exit code is not 0\n%s".formatted(command, output));
    }
    return output;
  }
}

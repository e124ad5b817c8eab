package io.tributary.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The libraries' classes in a form that a JVM maps instead of parsing it (class data sharing): each
 * process of a test starts with a second of processor time less. It is made once for a class path,
 * by the first JVM that asks; others do without meanwhile.
 */
final class LibraryArchive {
  private static final Path FOLDER = Path.of("target");
  private static final List<String> SHORT_RUN =
      List.of(
          "run",
          "--config=conf/tasks/task-01-frequent-word.conf",
          "-Drun.steps=2",
          "-Dlearner.optimizer.warmup-steps=1",
          "-Dlearner.batch-size=8",
          "-Dlearner.micro-batch-size=8",
          "-Dsamplers.batch-size=8",
          "-Dsamplers.max-length=8",
          "-Dpartition-function.bootstrap-sequences=256",
          "-Dpartition-function.bootstrap-hits=0",
          "-Devaluation.sequences=16",
          "-Dhttp.port=0");

  private LibraryArchive() {}

  /** Options of a JVM: this one's class path with the libraries first, and their archive. */
  static List<String> options() {
    List<String> entries =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).toList();
    String libraries = joined(entries.stream().filter(LibraryArchive::isLibrary).toList());
    List<String> own = entries.stream().filter(entry -> !isLibrary(entry)).toList();
    String all = libraries + File.pathSeparator + joined(own);
    List<String> options = new ArrayList<>(List.of("-cp", all));
    try {
      if (isThere(libraries, all)) {
        options.add("-XX:SharedArchiveFile=" + archive(libraries));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return options;
  }

  private static boolean isLibrary(String entry) {
    return entry.endsWith(".jar");
  }

  private static String joined(List<String> entries) {
    return String.join(File.pathSeparator, entries);
  }

  private static Path archive(String libraries) {
    UUID name = UUID.nameUUIDFromBytes((Runtime.version() + libraries).getBytes(UTF_8));
    return FOLDER.resolve("libraries-" + name + ".jsa").toAbsolutePath();
  }

  private static synchronized boolean isThere(String libraries, String all) throws IOException {
    Path archive = archive(libraries);
    if (Files.exists(archive)) {
      return true;
    }
    Path lock = Files.createDirectories(FOLDER).resolve("libraries.lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock()) {
      if (held != null && !Files.exists(archive)) {
        make(archive, libraries, all);
      }
      return Files.exists(archive);
    }
  }

  private static void make(Path archive, String libraries, String all) throws IOException {
    Path folder = Files.createTempDirectory(FOLDER, "libraries");
    Path loaded = folder.resolve("loaded");
    List<String> run = new ArrayList<>(List.of("-XX:DumpLoadedClassList=" + loaded, "-cp", all));
    run.add("io.tributary.Main");
    run.addAll(SHORT_RUN);
    run.add("-Drun.directory=" + folder);
    java(folder, run);

    Path listed = folder.resolve("listed");
    Files.writeString(
        listed,
        Files.readAllLines(loaded).stream()
            .filter(line -> !line.contains("io/tributary/"))
            .collect(Collectors.joining("\n", "", "\n")));
    Path made = folder.resolve("archive");
    java(
        folder,
        List.of(
            "-Xshare:dump",
            "-XX:SharedClassListFile=" + listed,
            "-XX:SharedArchiveFile=" + made,
            "-cp",
            libraries));
    Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void java(Path folder, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(JavaProcess.FAST);
    command.addAll(arguments);
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException("an archive of classes for the tests was not made, see " + log);
    }
  }
}

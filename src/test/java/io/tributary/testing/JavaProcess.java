package io.tributary.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes of this JVM's Java with this JVM's class path. */
public final class JavaProcess {
  /** A command line's beginning: a JVM whose code runs once or twice. */
  static final List<String> FAST =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC");

  private JavaProcess() {}

  /** A process that starts fast and executes {@code main}; options can be added behind "java". */
  public static ProcessBuilder of(String main, List<String> arguments) {
    List<String> command = new ArrayList<>(FAST);
    command.add("-Dlogback.configurationFile=logback.xml"); // the one that is shipped
    command.addAll(LibraryArchive.options());
    command.add(main);
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  /** The program with a command line. */
  public static ProcessBuilder ofProgram(List<String> arguments) {
    return of("io.tributary.Main", arguments);
  }
}

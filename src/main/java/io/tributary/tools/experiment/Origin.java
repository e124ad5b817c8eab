package io.tributary.tools.experiment;

/**
 * What runs of a grid were made with, as far as their numbers depend on it, so that they can be
 * reproduced. It says neither when nor where, so that a grid continued after an interruption has a
 * single origin.
 *
 * @param program version and revision of this program
 * @param command the command line, without what has no influence on results
 * @param java version and vendor
 * @param engine name and version of the tensor engine
 * @param system operating system, architecture and processors
 */
public record Origin(String program, String command, String java, String engine, String system) {
  /** This program on this machine. */
  public static Origin here(String program, String command, String engine) {
    return new Origin(
        program,
        command,
        "%s (%s)".formatted(System.getProperty("java.version"), System.getProperty("java.vendor")),
        engine,
        "%s %s, %d processors"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors()));
  }
}

package io.tributary.config.experiment;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;

/** Adapts the configuration of a run that was moved together with the files that it uses. */
public final class MovedRun {
  private MovedRun() {}

  /**
   * Replaces the start of all paths: what precedes the common end of the old and the new directory.
   *
   * @param hocon the configuration, with absolute paths
   * @param now the directory of runs, absolute
   * @return the adapted configuration; unchanged if it names no directory
   */
  public static String hocon(String hocon, Path now) {
    String before;
    try {
      before = ConfigFactory.parseString(hocon).getString("tributary.run.directory");
    } catch (ConfigException e) {
      return hocon;
    }
    String after = now.toString();
    int common = commonEnd(before, after);
    return hocon.replace(beginning(before, common), beginning(after, common));
  }

  /** Length of the common end of both paths, from a separator on. */
  private static int commonEnd(String one, String other) {
    int common = 0;
    for (int i = 1; i <= Math.min(one.length(), other.length()); i++) {
      char character = one.charAt(one.length() - i);
      if (character != other.charAt(other.length() - i)) {
        break;
      }
      common = character == '/' ? i : common;
    }
    return common;
  }

  /** The start of a path in the configuration, without that many characters at its end. */
  private static String beginning(String path, int end) {
    return "\"%s/".formatted(path.substring(0, path.length() - end));
  }
}

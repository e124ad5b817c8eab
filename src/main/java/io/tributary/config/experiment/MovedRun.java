package io.tributary.config.experiment;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;

/** The configuration of a run that has been moved together with the files that it uses. */
public final class MovedRun {
  private MovedRun() {}

  /**
   * Replaces, in all paths, what has come before the common end of the directories of then and of
   * now.
   *
   * @param hocon with absolute paths
   * @param now the directory of runs, absolute
   * @return the configuration as it is now; unchanged if it says no directory
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

  /** The characters, from a separator on, with which both paths end. */
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

  /** How a path begins in the configuration, without so many characters of its end. */
  private static String beginning(String path, int end) {
    return "\"%s/".formatted(path.substring(0, path.length() - end));
  }
}

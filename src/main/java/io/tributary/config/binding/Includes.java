package io.tributary.config.binding;

import com.typesafe.config.ConfigException.IO;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Refuses an {@code include} of something that does not exist, which HOCON ignores. For one file
 * and all that it includes; not thread-safe.
 */
public final class Includes
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderClasspath, ConfigIncluderURL {
  /** The files being read, each included by the one below it. */
  private final Deque<Path> reading = new ArrayDeque<>();

  @SuppressWarnings("NullAway.Init") // the library sets it before it includes anything
  private ConfigIncluder standard;

  /** The includes of a file. */
  public Includes(Path file) {
    reading.push(file);
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    standard = fallback;
    return this;
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    Path sought = absolute(reading.element().resolveSibling(what));
    return read(context, what, sought, required -> standard.include(required, what));
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    Path sought = absolute(what.toPath());
    return read(
        context,
        what.getPath(),
        sought,
        required -> ((ConfigIncluderFile) standard).includeFile(required, what));
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    return read(
        context,
        what,
        null,
        required -> ((ConfigIncluderClasspath) standard).includeResources(required, what));
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    return read(
        context,
        what.toString(),
        null,
        required -> ((ConfigIncluderURL) standard).includeURL(required, what));
  }

  /**
   * @param sought the file that is meant; null if it is none
   */
  private ConfigObject read(
      ConfigIncludeContext context,
      String what,
      @Nullable Path sought,
      Function<ConfigIncludeContext, ConfigObject> include) {
    Path including = reading.element();
    reading.push(sought == null ? including : sought);
    try {
      return include.apply(context.setParseOptions(context.parseOptions().setAllowMissing(false)));
    } catch (IO e) {
      throw new ConfigException(
          "%s: include \"%s\": not found%s"
              .formatted(
                  place(including, what), what, sought == null ? "" : ", looked for " + sought),
          e);
    } finally {
      reading.pop();
    }
  }

  /** The file and the line of the include, as far as it can be found. */
  private static String place(Path including, String what) {
    try {
      List<String> lines = Files.readAllLines(including);
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i).strip();
        if (!line.startsWith("#") && line.contains("include") && line.contains('"' + what + '"')) {
          return including + ":" + (i + 1);
        }
      }
    } catch (IOException e) {
      return including.toString(); // the message is about another file
    }
    return including.toString();
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }
}

package io.tributary.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.binding.ConfigTree;
import io.tributary.config.binding.HoconWriter;
import io.tributary.config.binding.KeyCheck;
import io.tributary.config.binding.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A run's configuration for workers on other machines: what samplers and scorers depend on, with
 * places in a list of inputs instead of paths, and without what is the trainer's own, such as
 * secrets.
 *
 * @param hocon the configuration
 * @param inputs files and directories that it refers to, on the trainer
 */
public record PortableConfig(String hocon, List<Path> inputs) {

  /** Begins with a character that no path can hold, and no text that a person would write. */
  private static final String INPUT = "\u0000input:";

  private static final List<String> OWN = List.of("http", "cluster", "checkpoint");

  public PortableConfig {
    inputs = List.copyOf(inputs);
  }

  /** The part of a run's configuration that its workers need. */
  public static PortableConfig of(TributaryConfig config) {
    List<Path> inputs = new ArrayList<>();
    Map<String, Object> tree = ConfigTree.of(config);
    OWN.forEach(tree::remove);
    Map<String, Object> run = ConfigTree.of(config.run());
    run.remove("directory");
    tree.put("run", run);
    tree.put("model", ConfigTree.of(config.model(), path -> place(path, inputs)));
    tree.put("target", ConfigTree.of(config.target(), path -> place(path, inputs)));
    return new PortableConfig(HoconWriter.plain(Schema.ROOT, tree), inputs);
  }

  private static String place(Path path, List<Path> inputs) {
    if (!inputs.contains(path)) {
      inputs.add(path);
    }
    return INPUT + inputs.indexOf(path);
  }

  /**
   * Reads such a configuration on a worker.
   *
   * @param inputs where the inputs are: a folder with one entry for each, named by its place
   * @param samplers devices of the samplers, one each; at least one
   * @param scorers devices of the scorers, one each; at least one
   * @throws ConfigException if it can't be read, such as one of another build
   */
  public static TributaryConfig load(
      String hocon, Path inputs, List<String> samplers, List<String> scorers) {
    try {
      Config given = ConfigFactory.parseString(hocon);
      KeyCheck.check(given.root());
      Map<String, Object> own =
          Map.of(
              "model.device", samplers.get(0), // nothing is computed there
              "learner.device", samplers.get(0), // nor there
              "samplers.devices", samplers,
              "samplers.count", samplers.size(),
              "scorers.devices", scorers,
              "scorers.count", scorers.size());
      Config config =
          ConfigFactory.parseMap(own).atPath(Schema.ROOT).withFallback(located(given, inputs));
      return ConfigLoader.complete("configuration of the trainer", config).training();
    } catch (com.typesafe.config.ConfigException e) {
      throw new ConfigException("the trainer's configuration can't be read: " + e.getMessage(), e);
    }
  }

  private static Config located(Config config, Path inputs) {
    return ConfigFactory.parseMap(located(config.root().unwrapped(), inputs));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> located(Map<String, Object> section, Path inputs) {
    section.replaceAll((key, value) -> located(value, inputs));
    return section;
  }

  @SuppressWarnings("unchecked")
  private static Object located(Object value, Path inputs) {
    if (value instanceof Map<?, ?> section) {
      return located((Map<String, Object>) section, inputs);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(each -> located(each, inputs)).toList();
    }
    return value instanceof String text && text.startsWith(INPUT)
        ? inputs.resolve(text.substring(INPUT.length())).toString()
        : value;
  }
}

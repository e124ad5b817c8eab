package io.tributary.config.experiment;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValueFactory;
import io.tributary.config.ConfigLoader;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.RunConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.binding.Place;
import io.tributary.config.binding.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Reads a grid of runs with the complete configuration of each. A value is taken from the first of
 * these that has it: the cell's own batch size and seed; the command line; the method; the grid;
 * the file of the experiment; the file of the task; the defaults.
 */
public final class ExperimentLoader {
  private static final String ROOT = Schema.ROOT;
  private static final String EXPERIMENT = ROOT + ".experiment";

  private final Path file;
  private final Config commandLine;
  private final Config shared;
  private final ExperimentConfig experiment;
  private final RunConfig run;

  private ExperimentLoader(Path file, Map<String, String> overrides) {
    this.file = file;
    EffectiveConfig effective = ConfigLoader.read(file, overrides);
    if (effective.describesTraining() && !effective.describesExperiment()) {
      throw new ConfigException(
          "%s: describes a run, not a grid of runs (%s.grids); `tributary run` runs it"
              .formatted(file, EXPERIMENT));
    }
    this.run = effective.section(RunConfig.class);
    this.experiment = effective.section(ExperimentConfig.class);
    this.commandLine = ofCells(ConfigLoader.commandLine(overrides));
    this.shared = ofCells(ConfigLoader.parse(file).resolve());
  }

  /**
   * Reads an experiment and the configuration of all its cells.
   *
   * @param overrides values from the command line, by their key relative to {@code tributary}
   * @throws ConfigException if anything in it is missing or invalid, naming the cell concerned
   */
  public static Experiment read(Path file, Map<String, String> overrides) {
    ExperimentLoader loader;
    try {
      loader = new ExperimentLoader(file, overrides);
    } catch (com.typesafe.config.ConfigException e) {
      throw new ConfigException(ConfigLoader.explain(e, file), e);
    }
    return new Experiment(
        loader.run.name(),
        loader.run.directory(),
        loader.experiment.parallel(),
        List.copyOf(loader.cells().values()));
  }

  private Map<String, Experiment.Cell> cells() {
    Map<String, Experiment.Cell> cells = new LinkedHashMap<>();
    for (ExperimentConfig.Grid grid : experiment.grids()) {
      for (Experiment.Cell cell : cells(grid)) {
        Experiment.Cell same = cells.get(cell.name());
        if (same != null && !same.config().equals(cell.config())) {
          throw new ConfigException(
              "%s: the cell %s belongs to two grids with different settings; expected the same settings, or methods with different names"
                  .formatted(file, cell.name()));
        }
        cells.put(cell.name(), same == null ? cell : same.with(cell.figures()));
      }
    }
    return cells;
  }

  /** Seeds vary slowest, so that a grid that is stopped early has each task once. */
  private List<Experiment.Cell> cells(ExperimentConfig.Grid grid) {
    List<Experiment.Cell> cells = new ArrayList<>();
    for (Config seed : axis("run.seed", grid.seeds())) {
      for (Config batchSize : axis("learner.batch-size", grid.batchSizes())) {
        for (String task : grid.tasks()) {
          for (ExperimentConfig.Method method : experiment.methods(grid)) {
            cells.add(cell(grid, Path.of(task), method, seed.withFallback(batchSize)));
          }
        }
      }
    }
    return cells;
  }

  private Experiment.Cell cell(
      ExperimentConfig.Grid grid, Path taskFile, ExperimentConfig.Method method, Config axes) {
    Config over =
        with(with(axes, "http.port", 0), "run.directory", run.home().resolve("cells").toString())
            .withFallback(commandLine)
            .withFallback(settings(method.settings()))
            .withFallback(settings(grid.settings()))
            .withFallback(shared);
    String task = ConfigLoader.withoutExtension(taskFile);
    String known = "%s with %s".formatted(task, method.name());
    try {
      TributaryConfig unnamed = ConfigLoader.effective(taskFile, over).training();
      String name =
          "%s_%s_b%d_s%d"
              .formatted(task, method.name(), unnamed.learner().batchSize(), unnamed.run().seed());
      TributaryConfig config =
          ConfigLoader.effective(taskFile, with(over, "run.name", name)).training();
      if (config.totalSteps().isEmpty()) {
        throw new ConfigException(
            "%s: a cell must end, expected run.sequences or run.steps".formatted(file));
      }
      return new Experiment.Cell(task, method.name(), new TreeSet<>(grid.figures()), config);
    } catch (ConfigException e) {
      throw new ConfigException("%s: the cell %s: %s".formatted(file, known, e.getMessage()), e);
    }
  }

  /** Each value of an axis of the grid; without values, only that of the task. */
  private static List<Config> axis(String key, List<?> values) {
    Config task = ConfigFactory.empty();
    return values.isEmpty()
        ? List.of(task)
        : values.stream().map(value -> with(task, key, value)).toList();
  }

  /** Without the keys of the grid itself. */
  private static Config ofCells(Config given) {
    return given
        .withoutPath(EXPERIMENT)
        .withoutPath(ROOT + ".run.name")
        .withoutPath(ROOT + ".run.directory");
  }

  private static Config settings(Optional<ConfigObject> settings) {
    return settings.map(keys -> keys.atKey(ROOT)).orElse(ConfigFactory.empty());
  }

  private static Config with(Config config, String key, Object value) {
    return config.withValue(ROOT + "." + key, ConfigValueFactory.fromAnyRef(value, Place.CELL));
  }
}

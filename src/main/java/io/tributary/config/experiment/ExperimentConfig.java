package io.tributary.config.experiment;

import com.typesafe.config.ConfigObject;
import io.tributary.config.binding.Require;
import io.tributary.config.binding.Schema.Default;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A grid of runs, as configured; {@link ExperimentLoader} makes its cells.
 *
 * @param methods the methods to compare, at least one
 * @param grids the runs, at least one product of tasks, methods, batch sizes and seeds
 * @param parallel number of cells that run at once
 */
public record ExperimentConfig(List<Method> methods, List<Grid> grids, int parallel) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.+-]*");
  private static final int FIRST_FIGURE = 2;
  private static final int LAST_FIGURE = 6;

  public ExperimentConfig {
    methods = List.copyOf(methods);
    grids = List.copyOf(grids);
    Require.that(!methods.isEmpty(), "methods", "[]", "a list of at least one method");
    Require.that(!grids.isEmpty(), "grids", "[]", "a list of at least one grid");
    Require.atLeast(1, "parallel", parallel);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < methods.size(); i++) {
      String name = methods.get(i).name();
      Require.that(
          names.add(name),
          "methods[%d].name".formatted(i),
          '"' + name + '"',
          "different from the names of the other methods");
    }
    for (int i = 0; i < grids.size(); i++) {
      for (int j = 0; j < grids.get(i).methods().size(); j++) {
        String name = grids.get(i).methods().get(j);
        Require.that(
            names.contains(name),
            "grids[%d].methods[%d]".formatted(i, j),
            '"' + name + '"',
            "one of experiment.methods " + methods.stream().map(Method::name).toList());
      }
    }
  }

  /** The methods of a grid: those that it names, or all. */
  List<Method> methods(Grid grid) {
    return grid.methods().isEmpty()
        ? methods
        : grid.methods().stream()
            .map(
                name -> methods.stream().filter(m -> m.name().equals(name)).findAny().orElseThrow())
            .toList();
  }

  /**
   * A method to compare with others.
   *
   * @param name names it in figures and directories
   * @param settings the keys of a run that define it
   */
  record Method(String name, Optional<ConfigObject> settings) {
    Method {
      Require.that(
          NAME.matcher(name).matches(),
          "name",
          '"' + name + '"',
          "letters, digits and . + - that begin with a letter or digit");
    }
  }

  /**
   * A product of runs.
   *
   * @param figures numbers of the figures that show them
   * @param tasks configuration files, at least one
   * @param methods names; none: all
   * @param batchSizes sequences per step; none: that of the task
   * @param seeds of the runs; none: that of the task
   * @param settings keys of a run that all of them share
   */
  record Grid(
      @Default("[]") List<Integer> figures,
      List<String> tasks,
      @Default("[]") List<String> methods,
      @Default("[]") List<Integer> batchSizes,
      @Default("[]") List<Long> seeds,
      Optional<ConfigObject> settings) {
    Grid {
      figures = List.copyOf(figures);
      tasks = List.copyOf(tasks);
      methods = List.copyOf(methods);
      batchSizes = List.copyOf(batchSizes);
      seeds = List.copyOf(seeds);
      Require.that(!tasks.isEmpty(), "tasks", "[]", "a list of at least one configuration file");
      for (int figure : figures) {
        Require.that(
            figure >= FIRST_FIGURE && figure <= LAST_FIGURE,
            "figures",
            figure,
            "numbers from %d to %d".formatted(FIRST_FIGURE, LAST_FIGURE));
      }
    }
  }
}

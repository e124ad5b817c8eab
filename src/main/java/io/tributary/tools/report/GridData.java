package io.tributary.tools.report;

import io.tributary.config.ConfigLoader;
import io.tributary.config.TributaryConfig;
import io.tributary.data.BadInputException;
import io.tributary.tools.experiment.CellRecord;
import io.tributary.tools.experiment.GridDirectory;
import io.tributary.tools.experiment.GridRecord;
import io.tributary.tools.experiment.GridRecord.Origin;
import io.tributary.tools.experiment.Outcomes;
import io.tributary.tools.experiment.Outcomes.End;
import io.tributary.tools.experiment.Outcomes.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * All runs that a report is about.
 *
 * @param name of the grid or run
 * @param origins what the runs were made with; empty for a single run
 * @param runs in the order of the grid
 */
record GridData(String name, List<Origin> origins, List<RunData> runs) {
  private static final Set<Integer> FIGURES_OF_POINTWISE = Set.of(2, 3, 5);
  private static final Set<Integer> FIGURES_OF_DISTRIBUTIONAL = Set.of(2, 5, 6);

  /** Figures whose units and captions are those of P/q. */
  private static final Set<Integer> FIGURES_OF_TARGET = Set.of(2, 5);

  GridData {
    origins = List.copyOf(origins);
    runs = List.copyOf(runs);
  }

  /**
   * Reads the directory of a grid or a run.
   *
   * @throws BadInputException if it holds neither a grid nor a run
   */
  static GridData read(Path directory) throws IOException {
    String name = String.valueOf(directory.toAbsolutePath().normalize().getFileName());
    Optional<GridRecord> grid = GridRecord.read(directory);
    return grid.isPresent()
        ? new GridData(name, grid.get().origins(), runs(directory, grid.get().cells()))
        : new GridData(name, List.of(), List.of(run(directory)));
  }

  private static List<RunData> runs(Path directory, List<CellRecord> cells) throws IOException {
    Map<String, Outcome> outcomes = Outcomes.in(directory).last();
    List<RunData> runs = new ArrayList<>();
    for (CellRecord cell : cells) {
      Optional<String> failure =
          Optional.ofNullable(outcomes.get(cell.name()))
              .filter(outcome -> outcome.end() == End.FAILED)
              .map(Outcome::reason);
      runs.add(RunData.read(GridDirectory.run(directory, cell.name()), cell, failure));
    }
    return runs;
  }

  private static RunData run(Path directory) throws IOException {
    Path file = directory.resolve("effective.conf");
    if (!Files.exists(file)) {
      throw new BadInputException(
          "%s holds neither a grid (grid.json) nor a run (effective.conf)".formatted(directory));
    }
    TributaryConfig config = ConfigLoader.load(file, Map.of());
    String method = config.objective().type().toString();
    CellRecord cell = CellRecord.of(config.run().name(), method, Set.of(), config);
    Set<Integer> figures =
        new TreeSet<>(cell.isPointwise() ? FIGURES_OF_POINTWISE : FIGURES_OF_DISTRIBUTIONAL);
    if (!config.objective().type().isInUnitOfTarget()) {
      figures.removeAll(FIGURES_OF_TARGET);
    }
    return RunData.read(directory, cell.in(figures), Optional.empty());
  }

  /** Whether methods differ in their objectives, so that these can be compared. */
  boolean comparesObjectives() {
    return runs.size() > 1
        && runs.stream()
                .map(run -> List.of(run.cell().method(), run.cell().objective()))
                .distinct()
                .count()
            == runs.stream().map(run -> run.cell().objective()).distinct().count();
  }

  /** The runs that a figure shows. */
  GridData ofFigure(int figure) {
    return where(run -> run.cell().figures().contains(figure));
  }

  GridData where(Predicate<RunData> wanted) {
    return new GridData(name, origins, runs.stream().filter(wanted).toList());
  }

  /** The runs in the order of tables: by task, batch size, seed and method. */
  List<RunData> byTask() {
    List<String> methods = methods();
    return runs.stream()
        .sorted(
            Comparator.comparing((RunData run) -> run.cell().task())
                .thenComparing(run -> run.cell().batchSize())
                .thenComparing(run -> run.cell().seed())
                .thenComparing(run -> methods.indexOf(run.cell().method())))
        .toList();
  }

  /** Names of the tasks, sorted, since cells may run in another order. */
  List<String> tasks() {
    return runs.stream().map(run -> run.cell().task()).distinct().sorted().toList();
  }

  /** Names of the methods, in order. */
  List<String> methods() {
    return runs.stream().map(run -> run.cell().method()).distinct().toList();
  }

  /** Batch sizes, in order. */
  List<Integer> batchSizes() {
    return runs.stream().map(run -> run.cell().batchSize()).distinct().sorted().toList();
  }

  /** The seeds of all runs, in order, as text. */
  String seeds() {
    return runs.stream()
        .map(run -> run.cell().seed())
        .distinct()
        .sorted()
        .map(String::valueOf)
        .collect(Collectors.joining(", "));
  }

  GridData ofTask(String task) {
    return where(run -> run.cell().task().equals(task));
  }

  GridData ofMethod(String method) {
    return where(run -> run.cell().method().equals(method));
  }

  GridData ofBatchSize(int batchSize) {
    return where(run -> run.cell().batchSize() == batchSize);
  }

  /**
   * The runs of the tasks that every method has finished, so that means over tasks compare methods
   * and not tasks. Methods without finished runs are left out. Empty if there is no such task.
   */
  Optional<GridData> comparable() {
    List<String> arrived = where(RunData::isFinished).methods();
    List<String> complete =
        tasks().stream()
            .filter(task -> ofTask(task).where(RunData::isFinished).methods().containsAll(arrived))
            .toList();
    GridData shown =
        where(run -> arrived.contains(run.cell().method()) && complete.contains(run.cell().task()));
    return Optional.of(shown).filter(found -> !found.runs().isEmpty());
  }

  /** The finished runs, or all if none is finished. */
  List<RunData> finishedOrAll() {
    List<RunData> finished = runs.stream().filter(RunData::isFinished).toList();
    return finished.isEmpty() ? runs : finished;
  }

  long finished() {
    return runs.stream().filter(RunData::isFinished).count();
  }
}

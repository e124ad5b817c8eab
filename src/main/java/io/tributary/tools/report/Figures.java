package io.tributary.tools.report;

import io.tributary.config.objective.ObjectiveType;
import io.tributary.tools.experiment.CellRecord;
import io.tributary.tools.report.draw.Curve;
import io.tributary.tools.report.draw.Curve.Band;
import io.tributary.tools.report.draw.Curve.Style;
import io.tributary.tools.report.draw.Figure;
import io.tributary.tools.report.draw.Figure.Panel;
import io.tributary.tools.report.draw.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The figures of Korbak et al. 2022, arXiv:2206.00761, from the runs of a grid. */
final class Figures {
  private static final String SEQUENCES = "sequences";
  private static final int BINS = 60;

  /** Of what varies by orders of magnitude from batch to batch. */
  private static final int FEW_BINS = 16;

  private static final int EARLY_STEPS = 1000;
  private static final List<Quantity> VARIANCES =
      List.of(
          Quantity.GRADIENT_VARIANCE,
          Quantity.ADVANTAGE_VARIANCE,
          Quantity.ADVANTAGE_SIZE,
          Quantity.TOTAL_VARIATION);

  private final GridData grid;

  Figures(GridData grid) {
    this.grid = grid;
  }

  /** Those that runs are meant for. */
  List<Figure> all() {
    List<Figure> figures = new ArrayList<>();
    add(figures, 2, this::advantage);
    add(figures, 3, this::pointwise);
    add(figures, 4, this::batchSizes);
    add(figures, 5, this::variances);
    add(figures, 6, this::distributional);
    add(figures, 6, this::moments);
    return figures;
  }

  private void add(List<Figure> figures, int number, Supplier<Figure> figure) {
    if (!grid.ofFigure(number).runs().isEmpty()) {
      figures.add(figure.get());
    }
  }

  /** The title of a panel, with its task where there are several. */
  private static String titled(String title, String task, GridData runs) {
    return runs.tasks().size() == 1 ? title : "%s, %s".formatted(title, task);
  }

  /** Figure 2: reward P/q, advantage and baseline over the first steps with the baseline. */
  private Figure advantage() {
    GridData shown =
        grid.ofFigure(2).where(run -> run.cell().isOf(ObjectiveType.GDC_WITH_BASELINE));
    GridData runs = shown.runs().isEmpty() ? grid.ofFigure(2) : shown;
    List<Panel> panels = new ArrayList<>();
    for (String task : runs.tasks()) {
      List<RunData> ofTask = runs.ofTask(task).finishedOrAll();
      panels.add(
          new Panel(
              task,
              "learner steps",
              "mean over a batch, unit of P/q",
              false,
              List.of(
                  early("reward P/q", new Style(0, 0), ofTask, Figures::reward),
                  early("advantage", new Style(1, 1), ofTask, run -> run.get(Quantity.ADVANTAGE)),
                  early(
                      "baseline Z π/q",
                      new Style(2, 3),
                      ofTask,
                      run -> run.get(Quantity.BASELINE))),
              List.of()));
    }
    return new Figure(
        "figure-2",
        "Figure 2. Reward, advantage and baseline",
        "Means over a batch of the reward P/q, the baseline Z π/q and their difference, the advantage, over at most the first %,d steps, each point a mean over neighbouring steps. Bands: from the lowest to the highest seed. %s"
            .formatted(EARLY_STEPS, runs(runs)),
        2,
        panels);
  }

  private static Curve early(
      String label, Style style, List<RunData> runs, Function<RunData, Series> quantity) {
    return Curve.mean(
        label,
        style,
        runs.stream()
            .map(run -> first(quantity.apply(run).scaled(run.cell().batchSize())).binned(BINS))
            .toList(),
        Band.RANGE);
  }

  private static Series first(Series series) {
    int n = 0;
    while (n < series.x().length && series.x()[n] <= EARLY_STEPS) {
      n++;
    }
    return new Series(Arrays.copyOf(series.x(), n), Arrays.copyOf(series.y(), n));
  }

  /** P/q is what the advantage and the baseline add up to. */
  private static Series reward(RunData run) {
    Series advantage = run.get(Quantity.ADVANTAGE);
    Series baseline = run.get(Quantity.BASELINE);
    double[] sum = new double[advantage.y().length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = advantage.y()[i] + baseline.at(advantage.x()[i]);
    }
    return new Series(advantage.x(), sum);
  }

  /** Figure 3: the methods on pointwise tasks. */
  private Figure pointwise() {
    GridData runs = grid.ofFigure(3);
    return new Figure(
        "figure-3",
        "Figure 3. Methods on pointwise tasks",
        "Evaluations on samples of the policy, averaged over %s. Better: KL(p‖π) lower, E[φ] higher, KL(π‖a) lower, Self-BLEU-5 lower, Distinct-1 higher. KL(p‖π) of a method that has lost most of what p has, as reinforce does, is estimated much too low, or left out. Bands: one standard error of the mean over runs. %s"
            .formatted(averaged(runs), runs(runs)),
        3,
        compared(runs, panel("E[φ]", "mean over samples", RunData::moment)));
  }

  /** Figure 6: the methods on distributional tasks. */
  private Figure distributional() {
    GridData runs = grid.ofFigure(6);
    return new Figure(
        "figure-6",
        "Figure 6. Methods on distributional tasks",
        "Evaluations on samples of the policy, averaged over %s. |E[φ] − target| is a mean over a task's features. Better: all lower but Distinct-1. Bands: one standard error of the mean over runs. %s"
            .formatted(averaged(runs), runs(runs)),
        3,
        compared(runs, panel("|E[φ] − target|", "mean over features", RunData::distance)));
  }

  /** The tasks that a mean is over. */
  private static String averaged(GridData runs) {
    return runs.comparable()
        .map(shown -> averaged(runs, shown))
        .orElse("the tasks that each method has come to so far, which may differ");
  }

  private static String averaged(GridData runs, GridData shown) {
    int tasks = shown.tasks().size();
    String over =
        tasks == runs.tasks().size()
            ? Report.count(tasks, "task")
            : "the %s of %d that every method has finished"
                .formatted(Report.count(tasks, "task"), runs.tasks().size());
    List<String> missing = new ArrayList<>(runs.methods());
    missing.removeAll(shown.methods());
    return missing.isEmpty()
        ? over
        : "%s, without %s, where nothing is finished".formatted(over, String.join(", ", missing));
  }

  private record Shown(String title, String unit, Function<RunData, Series> of) {}

  private static Shown panel(String title, String unit, Function<RunData, Series> of) {
    return new Shown(title, unit, of);
  }

  private static Shown panel(Quantity quantity) {
    return panel(quantity.title(), quantity.unit(), run -> run.get(quantity));
  }

  private List<Panel> compared(GridData all, Shown satisfaction) {
    GridData runs = all.comparable().orElse(all);
    List<Panel> panels = new ArrayList<>();
    for (Shown shown :
        List.of(
            panel(Quantity.KL_TARGET),
            satisfaction,
            panel(Quantity.KL_BASE),
            panel(Quantity.SELF_BLEU),
            panel(Quantity.DISTINCT))) {
      List<Curve> curves = new ArrayList<>();
      for (String method : runs.methods()) {
        curves.add(
            curve(method, style(method), runs.ofMethod(method), shown.of(), Band.STANDARD_ERROR));
      }
      panels.add(new Panel(shown.title(), SEQUENCES, shown.unit(), false, curves, List.of()));
    }
    return panels;
  }

  /** Figure 6, the moments themselves: colours tell features apart, dashes methods. */
  private Figure moments() {
    GridData runs = grid.ofFigure(6);
    List<Panel> panels = new ArrayList<>();
    for (String task : runs.tasks()) {
      GridData ofTask = runs.ofTask(task);
      List<CellRecord.Moment> targets = ofTask.runs().get(0).cell().targets();
      List<Curve> curves = new ArrayList<>();
      for (String method : ofTask.methods()) {
        for (int i = 0; i < targets.size(); i++) {
          String feature = targets.get(i).feature();
          curves.add(
              curve(
                  "%s, %s".formatted(feature, method),
                  new Style(colour(feature), grid.methods().indexOf(method)),
                  ofTask.ofMethod(method),
                  run -> run.moments().getOrDefault(feature, Series.EMPTY),
                  Band.RANGE));
        }
      }
      panels.add(
          new Panel(
              task,
              SEQUENCES,
              "E[φ]",
              false,
              curves,
              targets.stream().map(CellRecord.Moment::target).distinct().toList()));
    }
    return new Figure(
        "figure-6-moments",
        "Figure 6, moments. E[φ] against its target",
        "Of each feature of the distributional tasks; dotted: the targets. Bands: from the lowest to the highest seed. %s"
            .formatted(runs(runs)),
        2,
        panels);
  }

  private int colour(String feature) {
    return grid.ofFigure(6).runs().stream()
        .flatMap(run -> run.cell().targets().stream())
        .map(CellRecord.Moment::feature)
        .distinct()
        .toList()
        .indexOf(feature);
  }

  /** Figure 4: colours tell batch sizes apart, dashes methods. */
  private Figure batchSizes() {
    GridData runs = grid.ofFigure(4);
    List<Panel> panels = new ArrayList<>();
    for (String task : runs.tasks()) {
      GridData ofTask = runs.ofTask(task);
      boolean pointwise = ofTask.runs().get(0).cell().isPointwise();
      Shown moments =
          pointwise
              ? panel("E[φ]", "mean over samples", RunData::moment)
              : panel("|E[φ] − target|", "mean over features", RunData::distance);
      for (Shown shown : List.of(moments, panel(Quantity.KL_TARGET))) {
        List<Curve> curves = new ArrayList<>();
        for (String method : ofTask.methods()) {
          for (int size : runs.batchSizes()) {
            curves.add(
                curve(
                    "%s, batch %,d".formatted(method, size),
                    new Style(runs.batchSizes().indexOf(size), grid.methods().indexOf(method)),
                    ofTask.ofMethod(method).ofBatchSize(size),
                    shown.of(),
                    Band.RANGE));
          }
        }
        panels.add(
            new Panel(
                titled(shown.title(), task, runs),
                SEQUENCES,
                shown.unit(),
                false,
                curves,
                List.of()));
      }
    }
    return new Figure(
        "figure-4",
        "Figure 4. Batch sizes",
        "Evaluations on samples of the policy. Better: E[φ] higher, |E[φ] − target| and KL(p‖π) lower. Bands: from the lowest to the highest seed. "
            + runs(runs),
        2,
        panels);
  }

  /** Figure 5: variances over seeds. */
  private Figure variances() {
    GridData runs = grid.ofFigure(5);
    List<Panel> panels = new ArrayList<>();
    for (Quantity quantity : VARIANCES) {
      for (String task : runs.tasks()) {
        List<Curve> curves = new ArrayList<>();
        for (String method : runs.methods()) {
          curves.add(
              curve(
                  method,
                  style(method),
                  runs.ofTask(task).ofMethod(method),
                  run -> run.get(quantity).binned(FEW_BINS),
                  Band.RANGE));
        }
        panels.add(
            new Panel(
                titled(quantity.title(), task, runs),
                SEQUENCES,
                quantity.unit(),
                quantity != Quantity.TOTAL_VARIATION,
                curves,
                List.of()));
      }
    }
    return new Figure(
        "figure-5",
        "Figure 5. Variances of gradient and advantage",
        "Estimates from training batches, each point a mean over neighbouring steps, of Var(G) over those at which it is measured; a vertical axis is logarithmic where its values are all above 0 and span a decade. Var(G), Var(A), TVD: better lower. mean |A| is 2 Z TVD(p, π) for gdc++ (Eq. 21), and Z for gdc whatever its policy, so that the two are not to be compared. An estimate of TVD from a batch may be above 1 where few of its sequences have a weight. Bands: from the lowest to the highest seed. %s"
            .formatted(runs(runs)),
        runs.tasks().size() == 1 ? 2 : Math.min(3, Math.max(1, runs.tasks().size())),
        panels);
  }

  private static Curve curve(
      String label, Style style, GridData runs, Function<RunData, Series> of, Band band) {
    return Curve.mean(label, style, runs.finishedOrAll().stream().map(of).toList(), band);
  }

  /** Looks the same in all figures. */
  private Style style(String method) {
    int index = grid.methods().indexOf(method);
    return new Style(index, index);
  }

  private static String runs(GridData runs) {
    String task = runs.tasks().size() == 1 ? "Task: %s. ".formatted(runs.tasks().get(0)) : "";
    return "%s%d of %s finished."
        .formatted(
            task,
            runs.finished(),
            runs.runs().size() == 1 ? "1 run is" : runs.runs().size() + " runs are");
  }
}

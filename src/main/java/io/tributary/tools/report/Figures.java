package io.tributary.tools.report;

import io.tributary.config.objective.ObjectiveType;
import io.tributary.tools.experiment.CellRecord.Moment;
import io.tributary.tools.report.page.Curve;
import io.tributary.tools.report.page.Curve.Band;
import io.tributary.tools.report.page.Curve.Style;
import io.tributary.tools.report.page.Figure;
import io.tributary.tools.report.page.Figure.Panel;
import io.tributary.tools.report.page.Series;
import io.tributary.tools.report.page.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * All figures of a report, those of Korbak et al. 2022, arXiv:2206.00761, from the runs of a grid.
 *
 * <p>A new figure is a method here and a line in {@link #of}.
 */
record Figures(GridData grid) {
  private static final int EARLY_STEPS = 1000;
  private static final int EARLY_BINS = 60;

  /** Few, since variances differ by orders of magnitude from batch to batch. */
  private static final int VARIANCE_BINS = 16;

  private static final String SEQUENCES = "sequences";
  private static final Plotted MOMENT = new Plotted("E[φ]", "mean over samples", RunData::moment);
  private static final Plotted DISTANCE =
      new Plotted("|E[φ] − target|", "mean over features", RunData::distance);

  /** The figures that runs of the grid are meant for ({@code experiment.grids.figures}). */
  static List<Figure> of(GridData grid) {
    Figures figures = new Figures(grid);
    return Stream.of(
            figures.made(2, figures::advantage),
            figures.made(3, figures::pointwise),
            figures.made(4, figures::batchSizes),
            figures.made(5, figures::variances),
            figures.made(6, figures::distributional),
            figures.made(6, figures::moments))
        .flatMap(figure -> figure)
        .toList();
  }

  private Stream<Figure> made(int number, Function<GridData, Figure> of) {
    return Stream.of(grid.ofFigure(number)).filter(runs -> !runs.runs().isEmpty()).map(of);
  }

  /** What a panel plots of each run, with the unit of its vertical axis. */
  private record Plotted(String title, String unit, Function<RunData, Series> of) {
    static Plotted of(Quantity quantity) {
      return new Plotted(quantity.title(), quantity.unit(), run -> run.get(quantity));
    }

    /** The mean over runs, finished ones if there are any. */
    Curve curve(String label, Style style, GridData runs, Band band) {
      return Curve.mean(label, style, runs.finishedOrAll().stream().map(of).toList(), band);
    }

    Panel panel(String panelTitle, List<Curve> curves) {
      return new Panel(panelTitle, SEQUENCES, unit, false, curves, List.of());
    }

    /** The title of a panel of one task, which names it where there are several. */
    String titleFor(String task, GridData runs) {
      return runs.tasks().size() == 1 ? title : "%s, %s".formatted(title, task);
    }
  }

  /** Reward P/q, advantage and baseline over the first steps with the baseline. */
  private Figure advantage(GridData all) {
    GridData baseline = all.where(run -> run.cell().isOf(ObjectiveType.GDC_WITH_BASELINE));
    GridData runs = baseline.runs().isEmpty() ? all : baseline;
    List<Panel> panels = new ArrayList<>();
    for (String task : runs.tasks()) {
      GridData ofTask = runs.ofTask(task);
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
            .formatted(EARLY_STEPS, count(runs)),
        2,
        panels);
  }

  private static Curve early(
      String label, Style style, GridData runs, Function<RunData, Series> quantity) {
    return new Plotted(
            label,
            "",
            run ->
                quantity
                    .apply(run)
                    .scaled(run.cell().batchSize())
                    .where(step -> step <= EARLY_STEPS)
                    .binned(EARLY_BINS))
        .curve(label, style, runs, Band.RANGE);
  }

  /** P/q is the sum of the advantage and the baseline. */
  private static Series reward(RunData run) {
    Series baseline = run.get(Quantity.BASELINE);
    return run.get(Quantity.ADVANTAGE).map((x, advantage) -> advantage + baseline.at(x));
  }

  private Figure pointwise(GridData runs) {
    return new Figure(
        "figure-3",
        "Figure 3. Methods on pointwise tasks",
        "Evaluations on samples of the policy, averaged over %s. Better: KL(p‖π) lower, E[φ] higher, KL(π‖a) lower, Self-BLEU-5 lower, Distinct-1 higher. Where KL(p‖π) had to be estimated on those samples, that of a method that has lost most of what p has, as reinforce does, is much too low, or left out. Bands: one standard error of the mean over runs. %s"
            .formatted(averaged(runs), count(runs)),
        3,
        methods(runs, MOMENT));
  }

  private Figure distributional(GridData runs) {
    return new Figure(
        "figure-6",
        "Figure 6. Methods on distributional tasks",
        "Evaluations on samples of the policy, averaged over %s. |E[φ] − target| is a mean over a task's features. Better: all lower but Distinct-1. Bands: one standard error of the mean over runs. %s"
            .formatted(averaged(runs), count(runs)),
        3,
        methods(runs, DISTANCE));
  }

  private List<Panel> methods(GridData all, Plotted satisfaction) {
    GridData runs = all.comparable().orElse(all);
    return Stream.of(
            Plotted.of(Quantity.KL_TARGET),
            satisfaction,
            Plotted.of(Quantity.KL_BASE),
            Plotted.of(Quantity.SELF_BLEU),
            Plotted.of(Quantity.DISTINCT))
        .map(
            plotted -> plotted.panel(plotted.title(), byMethod(plotted, runs, Band.STANDARD_ERROR)))
        .toList();
  }

  /** A curve for each method, which looks the same in all figures. */
  private List<Curve> byMethod(Plotted plotted, GridData runs, Band band) {
    List<Curve> curves = new ArrayList<>();
    for (String method : runs.methods()) {
      int index = grid.methods().indexOf(method);
      curves.add(plotted.curve(method, new Style(index, index), runs.ofMethod(method), band));
    }
    return curves;
  }

  /** The tasks that means are taken over. */
  private static String averaged(GridData runs) {
    GridData shown = runs.comparable().orElse(null);
    if (shown == null) {
      return "the tasks that each method has reached so far, which may differ";
    }
    String tasks = Table.count(shown.tasks().size(), "task");
    String over =
        shown.tasks().size() == runs.tasks().size()
            ? tasks
            : "the %s of %d that every method has finished".formatted(tasks, runs.tasks().size());
    List<String> missing = new ArrayList<>(runs.methods());
    missing.removeAll(shown.methods());
    return missing.isEmpty()
        ? over
        : "%s, without %s, where nothing is finished".formatted(over, String.join(", ", missing));
  }

  /** Colours distinguish batch sizes, dashes methods. */
  private Figure batchSizes(GridData runs) {
    List<Integer> sizes = runs.batchSizes();
    List<Panel> panels = new ArrayList<>();
    for (String task : runs.tasks()) {
      GridData ofTask = runs.ofTask(task);
      boolean pointwise = ofTask.runs().get(0).cell().isPointwise();
      for (Plotted plotted :
          List.of(pointwise ? MOMENT : DISTANCE, Plotted.of(Quantity.KL_TARGET))) {
        List<Curve> curves = new ArrayList<>();
        for (String method : ofTask.methods()) {
          for (int size : sizes) {
            curves.add(
                plotted.curve(
                    "%s, batch %,d".formatted(method, size),
                    new Style(sizes.indexOf(size), grid.methods().indexOf(method)),
                    ofTask.ofMethod(method).ofBatchSize(size),
                    Band.RANGE));
          }
        }
        panels.add(plotted.panel(plotted.titleFor(task, runs), curves));
      }
    }
    return new Figure(
        "figure-4",
        "Figure 4. Batch sizes",
        "Evaluations on samples of the policy. Better: E[φ] higher, |E[φ] − target| and KL(p‖π)"
            + " lower. Bands: from the lowest to the highest seed. "
            + count(runs),
        2,
        panels);
  }

  /** Variances over seeds. */
  private Figure variances(GridData runs) {
    List<Panel> panels = new ArrayList<>();
    for (Quantity quantity :
        List.of(
            Quantity.GRADIENT_VARIANCE,
            Quantity.ADVANTAGE_VARIANCE,
            Quantity.ADVANTAGE_SIZE,
            Quantity.TOTAL_VARIATION)) {
      Plotted plotted =
          new Plotted(
              quantity.title(), quantity.unit(), run -> run.get(quantity).binned(VARIANCE_BINS));
      for (String task : runs.tasks()) {
        panels.add(
            new Panel(
                plotted.titleFor(task, runs),
                SEQUENCES,
                plotted.unit(),
                quantity != Quantity.TOTAL_VARIATION,
                byMethod(plotted, runs.ofTask(task), Band.RANGE),
                List.of()));
      }
    }
    return new Figure(
        "figure-5",
        "Figure 5. Variances of gradient and advantage",
        "Estimates from training batches, each point a mean over neighbouring steps, of Var(G) over those at which it is measured; a vertical axis is logarithmic where its values are all above 0 and span a decade. Var(G), Var(A), TVD: better lower. mean |A| is 2 Z TVD(p, π) for gdc++ (Eq. 21), and Z for gdc whatever its policy, so that the two are not to be compared. An estimate of TVD from a batch may be above 1 where few of its sequences have a weight. Bands: from the lowest to the highest seed. %s"
            .formatted(count(runs)),
        runs.tasks().size() == 1 ? 2 : Math.min(3, runs.tasks().size()),
        panels);
  }

  /** The moments themselves: colours distinguish features, dashes methods. */
  private Figure moments(GridData runs) {
    List<String> features =
        runs.runs().stream()
            .flatMap(run -> run.cell().targets().stream())
            .map(Moment::feature)
            .distinct()
            .toList();
    List<Panel> panels = new ArrayList<>();
    for (String task : runs.tasks()) {
      GridData ofTask = runs.ofTask(task);
      List<Moment> targets = ofTask.runs().get(0).cell().targets();
      List<Curve> curves = new ArrayList<>();
      for (String method : ofTask.methods()) {
        for (Moment target : targets) {
          String feature = target.feature();
          curves.add(
              new Plotted(task, "E[φ]", run -> run.moment(feature))
                  .curve(
                      "%s, %s".formatted(feature, method),
                      new Style(features.indexOf(feature), grid.methods().indexOf(method)),
                      ofTask.ofMethod(method),
                      Band.RANGE));
        }
      }
      List<Double> values = targets.stream().map(Moment::target).distinct().toList();
      panels.add(new Panel(task, SEQUENCES, "E[φ]", false, curves, values));
    }
    return new Figure(
        "figure-6-moments",
        "Figure 6, moments. E[φ] against its target",
        "Of each feature of the distributional tasks; dotted: the targets. Bands: from the lowest to the highest seed. %s"
            .formatted(count(runs)),
        2,
        panels);
  }

  /** How many runs a figure shows, as the end of its caption. */
  private static String count(GridData runs) {
    return "%s%d of %s finished."
        .formatted(
            runs.tasks().size() == 1 ? "Task: %s. ".formatted(runs.tasks().get(0)) : "",
            runs.finished(),
            runs.runs().size() == 1 ? "1 run is" : runs.runs().size() + " runs are");
  }
}

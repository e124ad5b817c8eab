package io.tributary.tools.report.figures;

import io.tributary.tools.report.data.GridData;
import io.tributary.tools.report.page.Figure;
import java.util.List;
import java.util.function.Function;

/**
 * All figures of a report, those of Korbak et al. 2022, arXiv:2206.00761, from the runs of a grid.
 *
 * <p>A new figure is a class in this package and a line in {@link #ALL}.
 */
public final class Figures {
  /**
   * A figure that a report may have.
   *
   * @param number as in {@code experiment.grids.figures}: it is drawn where runs are meant for it
   * @param of makes it from the whole grid
   */
  private record Entry(int number, Function<GridData, Figure> of) {}

  private static final List<Entry> ALL =
      List.of(
          new Entry(2, AdvantageFigure::of),
          new Entry(3, MethodsFigure::pointwise),
          new Entry(4, BatchSizesFigure::of),
          new Entry(5, VariancesFigure::of),
          new Entry(6, MethodsFigure::distributional),
          new Entry(6, MomentsFigure::of));

  private Figures() {}

  /** The figures that runs of the grid are meant for, in order. */
  public static List<Figure> of(GridData grid) {
    return ALL.stream()
        .filter(entry -> !grid.ofFigure(entry.number()).runs().isEmpty())
        .map(entry -> entry.of().apply(grid))
        .toList();
  }
}

package io.tributary.testing.stream;

import io.tributary.data.Batch;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import io.tributary.stream.BootstrapPlan;
import io.tributary.stream.StreamPlan;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Draws whose sequences say where they come from. */
public final class Draws {

  private Draws() {}

  public static Draw draw(long number, long version, int size) {
    return draw(new DrawOrder(number, version, DrawOrder.Purpose.TRAINING, size));
  }

  /** What was ordered, with the oldest version that is allowed. */
  public static Draw draw(DrawOrder order) {
    long number = order.number();
    long version = order.minimumVersion();
    return new Draw(
        number,
        order.purpose(),
        version,
        IntStream.range(0, order.sequences())
            .mapToObj(i -> new Sequence(number, i, new int[] {1 + i}, new double[] {-1}, version))
            .toList());
  }

  /** Scores all sequences, of which those of the given indices have weight. */
  public static ScoredDraw hits(Draw draw, Set<Integer> hits) {
    return new ScoredDraw(
        draw.number(),
        draw.sequences().stream()
            .map(
                s ->
                    new ScoredSequence(
                        s,
                        "text",
                        new double[] {1},
                        -1,
                        hits.contains(s.index()) ? -1 : Double.NEGATIVE_INFINITY))
            .toList(),
        0);
  }

  public static ScoredDraw score(Draw draw) {
    return score(draw, Set.of());
  }

  /** Scores all sequences but those of the dropped indices. */
  public static ScoredDraw score(Draw draw, Set<Integer> dropped) {
    return new ScoredDraw(
        draw.number(),
        draw.sequences().stream()
            .filter(s -> !dropped.contains(s.index()))
            .map(s -> new ScoredSequence(s, "text", new double[] {1}, -1, -1))
            .toList(),
        dropped.size());
  }

  /** The sequences of a batch as {@code draw.index@version}. */
  public static List<String> names(Batch batch) {
    return batch.sequences().stream()
        .map(ScoredSequence::sequence)
        .map(s -> s.draw() + "." + s.index() + "@" + s.proposalVersion())
        .toList();
  }

  public static StreamPlan plan(int bootstrapDraws, int draw, int batch, int maxStaleness) {
    return plan(BootstrapPlan.of(bootstrapDraws), draw, batch, maxStaleness);
  }

  public static StreamPlan plan(BootstrapPlan bootstrap, int draw, int batch, int maxStaleness) {
    return new StreamPlan(0, bootstrap, draw, batch, maxStaleness, 1.0, 1);
  }
}

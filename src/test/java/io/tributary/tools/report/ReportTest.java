package io.tributary.tools.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.BadInputException;
import io.tributary.testing.Slow;
import io.tributary.testing.run.HandMadeGrid;
import io.tributary.testing.run.HandMadeGrid.Course;
import io.tributary.tools.experiment.CellRecord;
import io.tributary.tools.experiment.CellRecord.Moment;
import io.tributary.tools.experiment.GridDirectory;
import io.tributary.tools.report.page.Curve;
import io.tributary.tools.report.page.Figure;
import io.tributary.tools.report.page.Series;
import io.tributary.tools.report.page.Table;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

@Slow
class ReportTest {
  private static final List<Moment> HARD = List.of(new Moment("word", 1, true));
  private static final List<Moment> HALF = List.of(new Moment("female", 0.5, false));

  @TempDir Path directory;
  private HandMadeGrid grid;

  @BeforeEach
  void makeAGrid() {
    grid = new HandMadeGrid(directory.resolve("grid"));
  }

  private static Course course(
      double end, double speed, double klBase, double distinct, double variance) {
    return new Course(
        done -> 0.01 + end * (1 - Math.exp(-speed * done)),
        done -> klBase * done,
        done -> distinct,
        done -> variance);
  }

  /** Three tasks whose numbers differ a little; gdc is slower and has the larger variance. */
  private void runs() throws IOException {
    for (int task = 1; task <= 3; task++) {
      double a = 0.001 * task * task;
      String name = "task-" + task;
      for (int batch : new int[] {10, 20}) {
        Set<Integer> figures = batch == 10 ? Set.of(2, 3, 4, 5) : Set.of(4);
        double slow = batch == 10 ? 1 : 2;
        grid.cell(name, "gdc++", batch, 1, figures, HARD, course(0.9, 3, 2, 0.95, 1));
        grid.cell(name, "gdc", batch, 1, figures, HARD, course(0.9, slow - a, 2, 0.95, 2 + a));
      }
      grid.cell(name, "reinforce", 10, 1, Set.of(3), HARD, course(0.95 + a, 5, 6 + a, 0.5 - a, 1));
    }
    grid.cell("topics", "gdc++", 10, 1, Set.of(6), HALF, course(0.3, 1, 1, 0.9, 1));
  }

  private Table claims() throws IOException {
    return new Claims(GridData.read(grid.home())).table();
  }

  private List<String> claim(Table table, String start) {
    return table.rows().stream()
        .filter(row -> row.get(0).startsWith(start))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aClaimShowsWithItsEstimateWhereTheDataSaySo() throws IOException {
    runs();
    Table claims = claims();

    List<String> variance = claim(claims, "The baseline lowers the variance of the advantage");
    assertThat(variance.get(1)).isEqualTo("shows");
    assertThat(variance.get(2)).isEqualTo("3"); // tasks, of two pairs each
    // a mean of 2.001, 2.004 and 2.009
    assertThat(variance.get(3))
        .startsWith("Var(A) of gdc over that of gdc++: 2.005 [1.995, 2.015]");
    List<String> sequences = claim(claims, "gdc++ comes equally far");
    assertThat(sequences.get(1)).isEqualTo("shows");
    assertThat(sequences.get(6)).contains("0 of 6 pairs, of which one does not reach 0.1,");
    assertThat(claim(claims, "gdc++ is ahead").get(1)).isEqualTo("shows");
    assertThat(claim(claims, "gdc++ ends closer to its target").get(1)).isEqualTo("shows");
    List<String> smallBatch = claim(claims, "gdc++ saves more of gdc's sequences");
    assertThat(smallBatch.get(1)).isEqualTo("shows");
    assertThat(smallBatch.get(2)).isEqualTo("6");
    assertThat(smallBatch.get(6)).contains("batch sizes of the 3 tasks that have several");
    assertThat(claim(claims, "reinforce moves further").get(1)).isEqualTo("shows");
    assertThat(claim(claims, "reinforce moves further").get(3))
        .startsWith("KL(π‖a) in nats higher by: 4.005 [");
    assertThat(claim(claims, "reinforce has less diverse texts").get(1)).isEqualTo("shows");
    assertThat(claim(claims, "reinforce has less diverse samples").get(1)).isEqualTo("shows");
    assertThat(claim(claims, "kl-control").subList(1, 4))
        .containsExactly("not enough data", "0", "–");
  }

  @Test
  void aClaimWhoseOppositeIsTrueIsReportedSo() throws IOException {
    for (int task = 1; task <= 4; task++) {
      grid.cell(
          "t" + task, "gdc++", 10, 1, Set.of(3), HARD, course(0.9, 1, 2, 0.9, 3 + 0.1 * task));
      grid.cell("t" + task, "gdc", 10, 1, Set.of(3), HARD, course(0.9, 1, 2, 0.9, 1));
    }
    assertThat(claim(claims(), "The baseline lowers the variance of the gradient").get(1))
        .isEqualTo("the opposite shows");
  }

  @Test
  void whatVariesFromPairToPairDoesNotShow() throws IOException {
    for (int task = 1; task <= 4; task++) {
      double variance = task % 2 == 0 ? 1.5 : 0.6;
      grid.cell("t" + task, "gdc++", 10, 1, Set.of(3), HARD, course(0.9, 1, 2, 0.9, variance));
      grid.cell("t" + task, "gdc", 10, 1, Set.of(3), HARD, course(0.9, 1, 2, 0.9, 1));
    }
    assertThat(claim(claims(), "The baseline lowers the variance of the gradient").get(1))
        .isEqualTo("does not show");
  }

  @Test
  void pairsOfOneTaskCountOnceAndTooFewTasksGiveNoTest() throws IOException {
    for (int seed = 1; seed <= 9; seed++) {
      for (String task : List.of("t1", "t2")) {
        grid.cell(task, "gdc++", 10, seed, Set.of(5), HARD, course(0.9, 1, 2, 0.9, 1));
        grid.cell(task, "gdc", 10, seed, Set.of(5), HARD, course(0.9, 1, 2, 0.9, 3 + seed));
      }
    }
    List<String> variance = claim(claims(), "The baseline lowers the variance of the advantage");
    assertThat(variance.subList(1, 3)).containsExactly("not enough data", "2");
    assertThat(variance.get(3)).startsWith("Var(A) of gdc over that of gdc++: 7.");
    assertThat(variance.subList(4, 6)).containsExactly("–", "–");
    assertThat(variance.get(6)).startsWith("A test needs 3 tasks.");
  }

  private void gdcWithVariance(int task, DoubleUnaryOperator variance) throws IOException {
    Course course = new Course(done -> done, done -> done, done -> 0.9, variance);
    grid.cell("t" + task, "gdc", 10, 1, Set.of(5), HARD, course);
  }

  /** Where constraints are rare, whole batches have no weight, and gdc no gradient at all. */
  @Test
  void stepsWithoutVarianceCountAndDoNotMakeGdcLookWorse() throws IOException {
    for (int task = 1; task <= 4; task++) {
      double seen = 0.9 - 0.01 * task;
      grid.cell("t" + task, "gdc++", 10, 1, Set.of(5), HARD, course(0.9, 1, 2, 0.9, 2));
      gdcWithVariance(task, done -> done > seen ? 4 : 0);
    }
    // 0 against 2 in three quarters of the run, and about 2 against 2 in the last
    List<String> variance = claim(claims(), "The baseline lowers the variance of the advantage");
    assertThat(variance.get(1)).isEqualTo("the opposite shows");
    assertThat(variance.get(3)).startsWith("Var(A) of gdc over that of gdc++: 0.14");
  }

  @Test
  void aTaskWithSeedsHasATestOfItsOwn() throws IOException {
    for (int seed = 1; seed <= 3; seed++) {
      grid.cell("t1", "gdc++", 10, seed, Set.of(5), HARD, course(0.9, 1, 2, 0.9, 1));
      grid.cell("t1", "gdc", 10, seed, Set.of(5), HARD, course(0.9, 1, 2, 0.9, 8 + seed));
    }
    grid.cell("t2", "gdc++", 10, 1, Set.of(5), HARD, course(0.9, 1, 2, 0.9, 1));
    grid.cell("t2", "gdc", 10, 1, Set.of(5), HARD, course(0.9, 1, 2, 0.9, 1));

    assertThat(claims().rows())
        .filteredOn(
            row -> row.get(0).startsWith("The baseline lowers the variance of the gradient"))
        .extracting(
            row -> row.get(0).replaceFirst(".*Var", "") + ": " + row.get(1) + ", " + row.get(2))
        .containsExactly("(G): not enough data, 2", "(G), on t1: shows, 3");
  }

  /** E[w^2] = 0.2^2 / 0.5 where E[A^2] is 0.04 * 9 / 10. */
  @Test
  void theBaselineIsMeasuredOnTheSameBatches() throws IOException {
    grid.cell("t1", "gdc++", 10, 1, Set.of(5), HARD, course(0.9, 1, 2, 0.9, 0.04));
    grid.cell("t1", "gdc", 10, 1, Set.of(5), HARD, course(0.9, 1, 2, 0.9, 0.04));
    List<List<String>> rows = new Claims(GridData.read(grid.home())).tables().get(1).rows();

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).subList(0, 3)).containsExactly("t1", "10", "1");
    assertThat(rows.get(0).subList(3, 7))
        .extracting(Double::parseDouble)
        .allSatisfy(factor -> assertThat(factor).isCloseTo(0.08 / 0.036, within(0.05)));
    assertThat(rows.get(0).get(7)).isEqualTo("100.0");
  }

  @Test
  void aSingleStepDoesNotDecideOnVariance() throws IOException {
    for (int task = 1; task <= 4; task++) {
      double from = 0.99 - 0.02 * task;
      grid.cell("t" + task, "gdc++", 10, 1, Set.of(5), HARD, course(0.9, 1, 2, 0.9, 1));
      gdcWithVariance(task, done -> done > from && done <= from + 0.01 ? 1e6 : 0.3);
    }
    List<String> variance = claim(claims(), "The baseline lowers the variance of the advantage");
    assertThat(variance.get(3)).startsWith("Var(A) of gdc over that of gdc++: 0.73");
  }

  @Test
  void sequencesAreComparedWhereBothCome() throws IOException {
    double[] ends = {0.4, 0.504, 0.2, 0.08};
    for (int task = 0; task < ends.length; task++) {
      grid.cell("t" + task, "gdc++", 10, 1, Set.of(3), HARD, linear(1));
      grid.cell("t" + task, "gdc", 10, 1, Set.of(3), HARD, linear(ends[task]));
    }
    Claims claims = new Claims(GridData.read(grid.home()));

    assertThat(claims.tables().get(0).rows())
        .extracting(row -> row.subList(3, 7))
        .containsExactly(
            List.of("0.400", "1,000", "400", "2.500"),
            List.of("0.500", "992", "500", "1.984"),
            List.of("0.200", "1,000", "200", "5.000"),
            List.of("0.080", "–", "–", "–"));
    List<String> claim = claim(claims.table(), "gdc++ comes equally far");
    assertThat(claim.get(2)).isEqualTo("3");
    // the third root of 2.5, 1.984 and 5
    assertThat(claim.get(3)).startsWith("sequences of gdc over those of gdc++: 2.916 [");
    assertThat(claim.get(6)).contains("1 of 4 pairs, of which one does not reach 0.1,");
  }

  @Test
  void whatGoesBeyondItsTargetIsNotAhead() throws IOException {
    for (int task = 1; task <= 3; task++) {
      double end = 0.89 + 0.01 * task;
      grid.cell("t" + task, "gdc++", 10, 1, Set.of(6), HALF, course(end, 20, 1, 0.9, 1));
      grid.cell("t" + task, "gdc", 10, 1, Set.of(6), HALF, linear(0.5));
    }
    GridData runs = GridData.read(grid.home());

    // from 0.01 to 0.91 past 0.5
    assertThat(runs.runs().get(0).progress().last()).isEqualTo(1 - 0.41 / 0.49, within(1e-6));
    assertThat(claim(claims(), "gdc++ is ahead of gdc").get(3))
        .startsWith("mean lead, as a share of the way: -0.33");
  }

  /** Larger batches take fewer steps: less is reached by either method, in the same proportion. */
  @Test
  void aRatioThatIsTheSameAtEachBatchSizeIsNotLargerAtSmallOnes() throws IOException {
    for (int task = 1; task <= 3; task++) {
      for (int batch : new int[] {10, 20, 40}) {
        double noise = 1 + 0.05 * Math.sin(7 * task + batch);
        Set<Integer> figures = Set.of(4);
        grid.cell("t" + task, "gdc++", batch, 1, figures, HARD, linear(9.0 / batch));
        grid.cell("t" + task, "gdc", batch, 1, figures, HARD, linear(6.0 / batch * noise));
      }
    }
    List<String> claim = claim(claims(), "gdc++ saves more of gdc's sequences");
    assertThat(claim.get(1)).isEqualTo("does not show");
    assertThat(claim.get(2)).isEqualTo("9");
  }

  /** Larger batches come less far, and how many sequences are saved depends on how far. */
  @Test
  void batchSizesAreComparedAtTheSameShareOfTheWay() throws IOException {
    for (int task = 1; task <= 3; task++) {
      for (int batch : new int[] {10, 20, 40}) {
        double speed = (10.0 + task * 0.1) / batch;
        double noise = 1 + 0.02 * Math.sin(7 * task + batch);
        Set<Integer> figures = Set.of(4);
        grid.cell("t" + task, "gdc++", batch, 1, figures, HARD, linear(speed));
        Course slowsDown =
            new Course(
                done -> noise * (Math.sqrt(1 + 8 * speed * done) - 1) / 4, // s where s (1 + 2 s) is
                done -> done,
                done -> 0.9,
                done -> 1);
        grid.cell("t" + task, "gdc", batch, 1, figures, HARD, slowsDown);
      }
    }
    Claims claims = new Claims(GridData.read(grid.home()));

    assertThat(claims.tables().get(0).rows().subList(0, 3))
        .extracting(row -> Double.parseDouble(row.get(6)))
        .as("ratios where each pair comes to")
        .satisfiesExactly(
            ratio -> assertThat(ratio).isCloseTo(2, within(0.1)),
            ratio -> assertThat(ratio).isCloseTo(1.62, within(0.1)),
            ratio -> assertThat(ratio).isCloseTo(1.37, within(0.1)));
    List<String> claim = claim(claims.table(), "gdc++ saves more of gdc's sequences");
    assertThat(claim.get(1)).isEqualTo("does not show");
    assertThat(claim.get(3)).containsPattern("halving the batch: (0\\.9[5-9]|1\\.0[0-4])");
  }

  @Test
  void aDivergenceThatTheLastEvaluationCouldNotTellIsNotThatOfAnEarlierOne() throws IOException {
    CellRecord cell = grid.cell("t1", "reinforce", 10, 1, Set.of(3), HARD, linear(1));
    Path metrics = GridDirectory.run(grid.home(), cell.name()).resolve("metrics.jsonl");
    List<String> rows = new ArrayList<>(Files.readAllLines(metrics));
    rows.set(rows.size() - 1, rows.get(rows.size() - 1).replaceFirst("\"p_pi\":[^,}]+,?", ""));
    Files.write(metrics, rows);
    GridData runs = GridData.read(grid.home());

    assertThat(Tables.lastValues(runs).rows().get(0).get(6)).isEqualTo("–");
    assertThat(runs.runs().get(0).get(Quantity.KL_TARGET).x()).hasSize(11);
    Files.write(
        metrics, rows.stream().map(row -> row.replaceFirst("\"p_pi\":[^,}]+,?", "")).toList());
    assertThat(GridData.read(grid.home()).runs().get(0).get(Quantity.KL_TARGET).isEmpty()).isTrue();
  }

  @Test
  void divergencesOfEarlierEvaluationsAreRebasedOnTheLastEstimateOfZ() throws IOException {
    CellRecord cell = grid.cell("t1", "gdc", 10, 1, Set.of(3), HARD, linear(1));
    Series before = GridData.read(grid.home()).runs().get(0).get(Quantity.KL_TARGET);
    Path metrics = GridDirectory.run(grid.home(), cell.name()).resolve("metrics.jsonl");
    List<String> rows = new ArrayList<>();
    for (String row : Files.readAllLines(metrics)) {
      double z = row.contains("\"step\":100,") ? 0.01 : 0.02;
      rows.add(
          row.contains("\"evaluation\":true")
              ? row.substring(0, row.length() - 1) + ",\"partition_function\":" + z + "}"
              : row);
    }
    Files.write(metrics, rows);

    Series after = GridData.read(grid.home()).runs().get(0).get(Quantity.KL_TARGET);

    assertThat(after.last()).isEqualTo(before.last());
    assertThat(after.first()).isCloseTo(before.first() + Math.log(2), within(1e-12));
  }

  private static Course linear(double end) {
    return new Course(done -> end * done, done -> done, done -> 0.9, done -> 1);
  }

  @Test
  void aMomentThatIsNotMetIsShownWithWhatItWouldNeed() throws IOException {
    // 0.5 - 0.49 exp(-2 done): at the end 0.066 away, and 0.05 at done = ln(0.49 / 0.05) / 2
    grid.cell("slow", "gdc++", 10, 1, Set.of(6), HALF, course(0.49, 2, 1, 0.9, 1));
    grid.cell("fast", "gdc++", 10, 1, Set.of(6), HALF, course(0.49, 5, 1, 0.9, 1));
    grid.cell("stuck", "gdc++", 10, 1, Set.of(6), HALF, course(0.1, 99, 1, 0.9, 1));
    Course slowed =
        new Course(done -> 0.01 + 0.4 * Math.min(done, 0.6), done -> done, done -> 0.9, done -> 1);
    grid.cell("slowed", "gdc++", 10, 1, Set.of(6), HALF, slowed);
    Claims claims = new Claims(GridData.read(grid.home()));

    List<String> met = claim(claims.table(), "gdc++ meets distributional moments");
    assertThat(met.subList(1, 4)).containsExactly("does not show", "4", "1 of 4 moments");
    assertThat(claims.tables().get(2).rows())
        .extracting(row -> row.get(0) + ": " + row.get(5) + " " + row.get(6))
        .containsExactly(
            "fast_gdc++_b10_s1: yes ",
            "slow_gdc++_b10_s1: no about 1,141 sequences",
            "slowed_gdc++_b10_s1: no more than 2,954 sequences, since it has slowed down",
            "stuck_gdc++_b10_s1: no not approached measurably in the second half");
  }

  @Test
  void textsSideBySideAreOfOneBatchSizeAndSeed() throws IOException {
    grid.cell("topics", "reinforce", 10, 1, Set.of(4), HALF, linear(0.5));
    grid.cell("topics", "gdc++", 80, 2, Set.of(4), HALF, linear(0.5));
    grid.cell("topics", "gdc", 80, 2, Set.of(4), HALF, linear(0.5));
    grid.cell("topics", "gdc++", 10, 3, Set.of(4), HALF, linear(0.5));
    grid.cell("topics", "gdc", 10, 3, Set.of(4), HALF, linear(0.5));

    List<Table> texts = Tables.texts(GridData.read(grid.home()));
    assertThat(texts).hasSize(1);
    assertThat(texts.get(0).header()).containsExactly("base model", "gdc++", "gdc");
    assertThat(texts.get(0).caption()).contains("batch size 80 and seed 2");
  }

  @Test
  void tablesAreOrderedByTaskAndMethodsAsInTheGrid() throws IOException {
    grid.cell("topics", "gdc++", 80, 1, Set.of(4), HALF, linear(0.5));
    grid.cell("topics", "gdc", 80, 1, Set.of(4), HALF, linear(0.5));
    grid.cell("female", "reinforce", 80, 1, Set.of(4), HALF, linear(0.5));
    grid.cell("topics", "reinforce", 10, 1, Set.of(4), HALF, linear(0.5));
    grid.cell("topics", "gdc++", 10, 1, Set.of(4), HALF, linear(0.5));
    GridData runs = GridData.read(grid.home());

    assertThat(Tables.lastValues(runs).rows())
        .extracting(row -> String.join(" ", row.subList(0, 3)))
        .containsExactly(
            "female reinforce 80",
            "topics gdc++ 10",
            "topics reinforce 10",
            "topics gdc++ 80",
            "topics gdc 80");
    assertThat(runs.methods()).containsExactly("gdc++", "gdc", "reinforce");
  }

  @Test
  void momentsAreJudgedByTheRunsOfFigureSix() throws IOException {
    grid.cell("topics", "gdc++", 10, 1, Set.of(4, 6), HALF, course(0.49, 5, 1, 0.9, 1));
    grid.cell("topics", "gdc++", 80, 1, Set.of(4), HALF, course(0.1, 5, 1, 0.9, 1));

    assertThat(claim(claims(), "gdc++ meets distributional moments").subList(1, 4))
        .containsExactly("shows", "1", "1 of 1 moments");

    CellRecord running =
        grid.cell("sports", "gdc++", 10, 1, Set.of(6), HALF, course(0.49, 5, 1, 0.9, 1));
    Files.delete(GridDirectory.run(grid.home(), running.name()).resolve("comparison.json"));
    assertThat(claim(claims(), "gdc++ meets distributional moments").get(1))
        .isEqualTo("not enough data");
  }

  @Slow
  @Test
  void everyFigureIsThereAsSvgAndPngWithItsPoints() throws Exception {
    runs();
    Report.write(grid.home());

    for (Figure figure : Figures.of(GridData.read(grid.home()))) {
      assertThat(figure.isEmpty()).as(figure.id()).isFalse();
      Path file = grid.home().resolve("report").resolve(figure.id());
      Document svg =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(
                  new org.xml.sax.InputSource(
                      new java.io.StringReader(
                          Files.readString(Path.of(file + ".svg"))
                              .replaceFirst("<!DOCTYPE[^>]*>", ""))));
      assertThat(svg.getElementsByTagName("path").getLength()).isPositive();
      BufferedImage png = ImageIO.read(Path.of(file + ".png").toFile());
      assertThat(png.getWidth()).isGreaterThan(800);
      assertThat(Files.readAllLines(Path.of(file + ".csv")))
          .hasSizeGreaterThan(5)
          .first()
          .asString()
          .startsWith("panel,curve,")
          .endsWith(",mean,low,high,runs");
    }
    assertThat(Files.readAllLines(grid.home().resolve("report/figure-3.csv")))
        .contains("KL(π‖a),gdc++,1000,2,2,2,3"); // 2 nats in all three
    assertThat(Files.readAllLines(grid.home().resolve("report/table-4.csv")))
        .hasSize(17)
        .anyMatch(
            line ->
                line.startsWith("task-1,gdc++,10,1,\"1,000\",word 0.865 ± 0.010 (target 1.000),"));
  }

  @Slow
  @Test
  void thePageLoadsNothingAndShowsTextsAsTheyAre() throws IOException {
    runs();
    String page = Files.readString(Report.write(grid.home()));

    assertThat(page)
        .startsWith("<!DOCTYPE html>")
        .contains("<h2 id=\"figure-3\">", "<svg role=\"img\"", "of &lt;gdc++&gt;", "of the base")
        .contains("<th scope=\"row\">program and revision</th><td>1.0+abc</td>")
        .contains("<th scope=\"row\">seeds</th><td>1</td>")
        .doesNotContain("<script", "<link", "<img", "@import", "src=")
        .doesNotContainPattern("href=\"(?!report/)(?!#)");
    assertThat(page.replace("http://www.w3.org/", "")).doesNotContain("http");
    assertThat(page).isEqualTo(Files.readString(Report.write(grid.home())));
  }

  @Test
  void aReportToCommitIsSmallAndLeavesOtherFilesAlone() throws IOException {
    runs();
    Files.writeString(grid.home().resolve("outcomes.jsonl"), "{}\n");
    Path docs = Files.createDirectories(directory.resolve("docs/report"));
    Files.writeString(docs.resolve("other.txt"), "mine");
    Path page = Report.write(grid.home(), directory.resolve("docs"));

    assertThat(page)
        .hasFileName("report.md")
        .content()
        .startsWith("# Tributary: grid\n\n16 of 16 runs are finished: 4 tasks,")
        .contains("\n## Figure 3. Methods on pointwise tasks\n\n![", "](report/figure-3.svg)\n")
        .contains("\n| program and revision | 1.0+abc |\n", "| of &lt;gdc++> | of &lt;gdc> |");
    assertThat(docs.resolve("figure-3.svg")).isNotEmptyFile();
    assertThat(docs.resolve("figure-3.png")).doesNotExist();
    assertThat(docs.resolve("table-4.csv")).isNotEmptyFile();
    assertThat(docs.resolve("outcomes.jsonl")).hasContent("{}");
    assertThat(docs.resolve("other.txt")).hasContent("mine");
    assertThat(grid.home().resolve("report.html")).doesNotExist();
  }

  @Test
  void meansOverTasksLeaveOutTasksThatNotEveryMethodHasFinished() throws IOException {
    runs();
    Path unfinished = GridDirectory.run(grid.home(), "task-3_reinforce_b10_s1");
    Files.delete(unfinished.resolve("comparison.json"));
    Figure figure = Figures.of(GridData.read(grid.home())).get(1);

    assertThat(figure.caption()).contains("the 2 tasks of 3 that every method has finished");
    assertThat(figure.panels().get(0).curves())
        .extracting(Curve::label, Curve::runs)
        .containsExactly(tuple("gdc++", 2), tuple("gdc", 2), tuple("reinforce", 2));
  }

  @Test
  void meansOverTasksLeaveOutAMethodThatHasFinishedNone() throws IOException {
    runs();
    for (int task = 1; task <= 3; task++) {
      Path failed = GridDirectory.run(grid.home(), "task-%d_reinforce_b10_s1".formatted(task));
      Files.delete(failed.resolve("comparison.json"));
    }
    Figure figure = Figures.of(GridData.read(grid.home())).get(1);

    assertThat(figure.caption())
        .contains("averaged over 3 tasks, without reinforce, where nothing is finished.");
    assertThat(figure.panels().get(0).curves())
        .extracting(Curve::label, Curve::runs)
        .containsExactly(tuple("gdc++", 3), tuple("gdc", 3));
  }

  @Slow
  @Test
  void anUnfinishedGridSaysWhatIsMissing() throws IOException {
    runs();
    Path failed = GridDirectory.run(grid.home(), "task-1_gdc_b10_s1");
    Files.delete(failed.resolve("comparison.json"));
    Files.writeString(
        grid.home().resolve("outcomes.jsonl"),
        """
        {"cell": "task-1_gdc_b10_s1", "end": "FAILED", "reason": "exit code 134: Aborted"}
        """);
    Path torn = GridDirectory.run(grid.home(), "task-2_gdc_b10_s1").resolve("metrics.jsonl");
    String rows = Files.readString(torn);
    Files.writeString(torn, rows.substring(0, rows.length() / 2));
    String page = Files.readString(Report.write(grid.home()));

    assertThat(page)
        .contains("14 of 16 runs are finished")
        .contains(
            "<th scope=\"row\">task-1_gdc_b10_s1</th><td>failed</td><td>1,000 of 1,000 sequences;"
                + " exit code 134: Aborted</td>")
        .containsPattern(
            "task-2_gdc_b10_s1</th><td>unfinished</td><td>\\d+ of 1,000 sequences</td>")
        .contains("<td>1,000 of 1,000, failed</td>");
    assertThat(claim(claims(), "The baseline lowers").get(6))
        .startsWith("4 of 6 pairs are finished.");
  }

  @Test
  void aGridThatHasNotBegunHasNoDataYet() throws IOException {
    runs();
    for (String file : new String[] {"metrics.jsonl", "comparison.json", "effective.conf"}) {
      try (var runs = Files.list(grid.home().resolve("cells"))) {
        for (Path run : (Iterable<Path>) runs::iterator) {
          Files.delete(run.resolve(file));
        }
      }
    }
    String page = Files.readString(Report.write(grid.home()));

    assertThat(page).contains("<p class=\"empty\">no data yet</p>", "<td>not begun</td>");
    assertThat(grid.home().resolve("report/figure-3.svg")).doesNotExist();
  }

  @Test
  void aDirectoryWithoutRunsIsRefused() {
    assertThatThrownBy(() -> Report.write(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("holds neither a grid (grid.json) nor a run (effective.conf)");
  }
}

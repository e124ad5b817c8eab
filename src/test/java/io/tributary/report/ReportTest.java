package io.tributary.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.BadInputException;
import io.tributary.experiment.CellRecord.Moment;
import io.tributary.experiment.GridDirectory;
import io.tributary.report.HandMadeGrid.Course;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

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
    return Tables.claims(new Claims(GridData.read(grid.home())).all());
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
    assertThat(variance.get(2)).isEqualTo("6");
    // the geometric mean of 2.001, 2.004 and 2.009, each twice
    assertThat(variance.get(3)).startsWith("Var(A) of gdc over that of gdc++: 2.005 [2.00");
    List<String> sequences = claim(claims, "gdc++ comes half of the way");
    assertThat(sequences.get(1)).isEqualTo("shows");
    assertThat(sequences.get(6))
        .contains("only gdc++ did in 0, only gdc in 0, neither in 0")
        .containsPattern("By batch size: 10: 2\\.\\d+ \\(n = 3\\), 20: 1\\.\\d+ \\(n = 3\\)");
    assertThat(claim(claims, "gdc++ is ahead").get(1)).isEqualTo("shows");
    assertThat(claim(claims, "The lead of gdc++ over gdc is larger").get(1)).isEqualTo("shows");
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
  void aMomentThatIsNotMetIsShownWithWhatItWouldNeed() throws IOException {
    // 0.5 - 0.49 exp(-2 done): at the end 0.066 away, and 0.05 at done = ln(0.49 / 0.05) / 2
    grid.cell("slow", "gdc++", 10, 1, Set.of(6), HALF, course(0.49, 2, 1, 0.9, 1));
    grid.cell("fast", "gdc++", 10, 1, Set.of(6), HALF, course(0.49, 5, 1, 0.9, 1));
    grid.cell("stuck", "gdc++", 10, 1, Set.of(6), HALF, course(0.1, 99, 1, 0.9, 1));
    Claims claims = new Claims(GridData.read(grid.home()));

    List<String> met = claim(Tables.claims(claims.all()), "gdc++ meets distributional moments");
    assertThat(met.subList(1, 4)).containsExactly("does not show", "3", "1 of 3 moments");
    assertThat(claims.momentTable().rows())
        .extracting(row -> row.get(0) + ": " + row.get(5) + " " + row.get(6))
        .containsExactly(
            "slow_gdc++_b10_s1: no about 1,141 sequences",
            "fast_gdc++_b10_s1: yes ",
            "stuck_gdc++_b10_s1: no not approached in the second half");
  }

  @Test
  void everyFigureIsThereAsSvgAndPngWithItsPoints() throws Exception {
    runs();
    Report.write(grid.home());

    for (Figure figure : new Figures(GridData.read(grid.home())).all()) {
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

  @Test
  void thePageLoadsNothingAndShowsTextsAsTheyAre() throws IOException {
    runs();
    String page = Files.readString(Report.write(grid.home()));

    assertThat(page)
        .startsWith("<!DOCTYPE html>")
        .contains("<h2 id=\"figure-3\">", "<svg role=\"img\"", "of &lt;gdc++&gt;", "of the base")
        .doesNotContain("<script", "<link", "<img", "@import", "src=")
        .doesNotContainPattern("href=\"(?!report/)(?!#)");
    assertThat(page.replace("http://www.w3.org/", "")).doesNotContain("http");
    assertThat(page).isEqualTo(Files.readString(Report.write(grid.home())));
  }

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
            "<th scope=\"row\">task-1_gdc_b10_s1</th><td>failed</td><td>1,000 of 1,000 sequences; exit code 134: Aborted</td>")
        .containsPattern(
            "task-2_gdc_b10_s1</th><td>unfinished</td><td>\\d+ of 1,000 sequences</td>");
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

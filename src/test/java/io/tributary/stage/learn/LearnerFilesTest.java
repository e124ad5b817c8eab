package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.io.JsonLines;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.stage.learn.checkpoint.Retention;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnerFilesTest {
  @TempDir Path directory;
  private LearnerFiles files;

  @BeforeEach
  void makeFiles() {
    files = TinyTraining.files(directory, new Retention(3, 0, 0));
  }

  private static String step(long step) {
    return MetricsJsonl.step(step, 64 * step, new Measurements());
  }

  private static String evaluation(long step) {
    return MetricsJsonl.evaluation(step, 64 * step, new Measurements());
  }

  private static List<String> rows(JsonLines file) throws IOException {
    try (Stream<String> rows = file.rows().map(Object::toString)) {
      return rows.toList();
    }
  }

  private void addMetrics(String... rows) throws IOException {
    for (String row : rows) {
      files.metrics().add(row);
    }
  }

  @Test
  void onlyTheEvaluationThatIsMadeAgainIsRemovedBesidesLaterSteps() throws IOException {
    addMetrics(step(1), evaluation(1), step(2), evaluation(2), step(3));
    files.truncateAfter(2, false);
    assertThat(rows(files.metrics()))
        .containsExactly(step(1), evaluation(1), step(2), evaluation(2));

    files.truncateAfter(2, true);
    assertThat(rows(files.metrics())).containsExactly(step(1), evaluation(1), step(2));
    files.truncateAfter(2, true);
    assertThat(rows(files.metrics())).containsExactly(step(1), evaluation(1), step(2));
  }

  @Test
  void anEarlierEvaluationStays() throws IOException {
    addMetrics(step(1), evaluation(1));
    files.truncateAfter(2, true);
    assertThat(rows(files.metrics())).containsExactly(step(1), evaluation(1));
  }

  @Test
  void aVersionIsNeverGivenTwice() throws IOException {
    assertThat(files.lastVersion()).isZero();
    files.versions().add("{\"step\":5,\"version\":8}");
    files.versions().add("{\"step\":3,\"version\":4}");
    files.truncateAfter(2, true);
    assertThat(files.lastVersion()).isEqualTo(8);
  }

  @Test
  void whatCanNotBeTruncatedKeepsARunFromGoingOn() throws IOException {
    Files.createDirectory(directory.resolve("samples.jsonl"));
    assertThatThrownBy(() -> files.truncateAfter(2, false))
        .isInstanceOf(UncheckedIOException.class);
  }
}

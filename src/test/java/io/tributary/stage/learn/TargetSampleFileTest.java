package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.data.TargetSample;
import io.tributary.data.TargetSample.Entry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetSampleFileTest {
  @TempDir private Path directory;

  @Test
  void whatWasWrittenIsReadBitForBit() {
    TargetSampleFile file = new TargetSampleFile(directory.resolve("target-sample.jsonl"));
    TargetSample sample =
        new TargetSample(
            List.of(
                new Entry("a \"text\"\nof lines", new int[] {3, 0, 7}, -1.0 / 3, 0, 2, -0.25),
                new Entry("", new int[] {511}, -Math.PI * 100, Math.log(7), 1, -1e-300)));

    file.write(sample);

    assertThat(file.read()).usingRecursiveComparison().isEqualTo(sample);
    file.write(TargetSample.EMPTY);
    assertThat(file.read().entries()).isEmpty();
  }

  @Test
  void aRunOfAnEarlierVersionHasNone() {
    assertThat(new TargetSampleFile(directory.resolve("none")).read().entries()).isEmpty();
  }
}

package io.tributary.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.ConfigLoader;
import io.tributary.model.ModelFamily;
import io.tributary.tools.bench.BenchReport.Throughput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchTableTest {
  private final List<String> lines = new ArrayList<>();
  private final BenchTable table = new BenchTable(lines::add);

  @Test
  void aThroughputAboveThePeakHasARemark() {
    table.remark(Throughput.of(1, 10, 10, 100), Throughput.of(1, 10, 10, 200));
    assertThat(lines).isEmpty();

    table.remark(Throughput.of(1, 10, 10, 200), Throughput.of(1, 10, 10, 90));
    assertThat(lines).singleElement().asString().startsWith("More than 100 % of peak:");
  }

  @Test
  void oneIsSingular() {
    table.setting(
        ModelFamily.of("gpt2").config(1, 2, 8, 24, 400, 399),
        ConfigLoader.load(Path.of("conf/quickstart.conf"), Map.of()));

    assertThat(lines.get(0)).contains(": 1 layer, 2 heads, width 8");
    assertThat(lines.get(2)).contains(" 1 sampler, 1 scorer, 1 learner, ");
  }
}

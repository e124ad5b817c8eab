package io.tributary.run.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunConsoleTest {
  @Test
  void theClosingTableShowsEstimatesWithTheirStandardErrors() {
    StringWriter text = new StringWriter();
    RunConsole console = new RunConsole(new PrintWriter(text), false);

    console.comparison(
        new Measurements()
            .putMoment("water", Distribution.PI, 0.0068, 0.00257)
            .putKl(Pair.P_PI, 4.29, Double.NaN)
            .putKl(Pair.PI_A, 1.32e-7, 3.1e-9),
        new Measurements()
            .putMoment("water", Distribution.PI, 0.5654, 0.01549)
            .putKl(Pair.P_PI, 3.75, 2.051)
            .putKl(Pair.PI_A, 312, 140),
        Map.of("water", 1.0),
        "The policy has lost parts of the target.",
        List.of(),
        List.of());
    console.finish();

    assertThat(text.toString().lines().toList())
        .contains(
            "                                     before              after   target",
            "  E[water]                  0.0068 ± 0.0026     0.5654 ± 0.015     1.00",
            "  KL(p||pi), nats                      4.29         3.75 ± 2.1        0",
            "  KL(pi||a), nats        1.32e-07 ± 3.1e-09       312.00 ± 140",
            "The policy has lost parts of the target.");
  }
}

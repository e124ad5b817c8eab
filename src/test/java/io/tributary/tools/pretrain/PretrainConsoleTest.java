package io.tributary.tools.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.tools.pretrain.Pretrainer.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PretrainConsoleTest {
  private final StringWriter shown = new StringWriter();

  private void show(boolean terminal, OptionalDouble... perplexities) {
    PretrainConsole console = new PretrainConsole(new PrintWriter(shown), terminal);
    for (OptionalDouble perplexity : perplexities) {
      console.accept(
          new Progress(20, 100, 3.25, perplexity, 2e-3, 21_000, Duration.ofSeconds(750)));
    }
  }

  @Test
  void elsewhereThanOnATerminalThereIsALinePerReport() {
    show(false, OptionalDouble.empty(), OptionalDouble.of(27.5), OptionalDouble.empty());
    assertThat(shown.toString())
        .isEqualTo(
            "step 20 of 100  loss 3.250  held-out perplexity 27.50  learning rate 2.0e-03"
                + "  21000 tokens/s  12 min 30 s left"
                + System.lineSeparator());
  }

  @Test
  void onATerminalALineIsRenewedInPlaceUntilItIsAReport() {
    show(true, OptionalDouble.empty(), OptionalDouble.of(27.5));
    assertThat(shown.toString().split(System.lineSeparator(), -1)).hasSize(2);
    assertThat(shown.toString()).contains("step 20 of 100  loss 3.250  learning rate");
    assertThat(shown.toString()).contains("\r\u001b[Kstep 20 of 100  loss 3.250  held-out");
  }
}

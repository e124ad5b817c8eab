package io.tributary.tools.pretrain;

import io.tributary.io.TerminalOutput;
import io.tributary.tools.pretrain.Pretrainer.Progress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * Shows progress: a plain line per report, and on a terminal a line below that is updated in place.
 */
public final class PretrainConsole extends TerminalOutput implements Consumer<Progress> {
  public PretrainConsole(PrintWriter out, boolean terminal) {
    super(out, terminal);
  }

  @Override
  public void accept(Progress progress) {
    if (progress.heldOutPerplexity().isPresent()) {
      line(line(progress));
    } else {
      transientLine(line(progress));
    }
  }

  private static String line(Progress progress) {
    OptionalDouble perplexity = progress.heldOutPerplexity();
    return String.format(
        Locale.ROOT,
        "step %d of %d  loss %.3f%s  learning rate %.1e  %.0f tokens/s  %s left",
        progress.step(),
        progress.steps(),
        progress.loss(),
        perplexity.isEmpty()
            ? ""
            : String.format(Locale.ROOT, "  held-out perplexity %.2f", perplexity.getAsDouble()),
        progress.learningRate(),
        progress.tokensPerSecond(),
        text(progress.remaining()));
  }

  /** Such as "1 h 5 min", "12 min 30 s" or "4 s". */
  private static String text(Duration duration) {
    if (duration.toHours() > 0) {
      return "%d h %d min".formatted(duration.toHours(), duration.toMinutesPart());
    }
    return duration.toMinutes() > 0
        ? "%d min %d s".formatted(duration.toMinutes(), duration.toSecondsPart())
        : "%d s".formatted(duration.toSeconds());
  }
}

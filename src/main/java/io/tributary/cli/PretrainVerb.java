package io.tributary.cli;

import io.tributary.cli.console.StopSignal;
import io.tributary.cli.console.Terminal;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.NativeConfig;
import io.tributary.config.PretrainConfig;
import io.tributary.config.ShutdownConfig;
import io.tributary.tensor.Torch;
import io.tributary.tools.pretrain.PretrainConsole;
import io.tributary.tools.pretrain.Pretrainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains a base model on text, from scratch or from a model directory. */
@Command(
    name = "pretrain",
    header = "Trains a base model on text.",
    description =
        "Trains a base model from scratch or from a model directory, and writes a"
            + " model directory. Ctrl-C ends the training early and writes what it has "
            + "reached.")
final class PretrainVerb extends Verb {
  @Mixin private ConfigOptions config = new ConfigOptions();

  @Override
  public Integer call() throws InterruptedException {
    EffectiveConfig effective = config.read();
    PretrainConfig pretrain = effective.section(PretrainConfig.class);
    Torch.load(effective.section(NativeConfig.class));
    PretrainConsole console = new PretrainConsole(out(), Terminal.isStandardOutput());
    return showing(
        console, () -> train(effective.section(ShutdownConfig.class), pretrain, console));
  }

  private static int train(
      ShutdownConfig shutdown, PretrainConfig pretrain, PretrainConsole console) {
    try (StopSignal stop = new StopSignal(shutdown);
        Pretrainer pretrainer = Pretrainer.open(pretrain)) {
      console.line(pretrainer.size());
      long steps = pretrainer.run(console, stop::isReceived);
      if (steps > 0) {
        pretrainer.save();
      }
      console.line(ending(steps, pretrain));
    }
    return Tributary.DONE;
  }

  private static String ending(long steps, PretrainConfig pretrain) {
    String saved =
        steps > 0 ? "the model is in " + pretrain.output() : "there is no model to be written";
    return steps < pretrain.steps()
        ? "stopped after step %,d of %,d: %s".formatted(steps, pretrain.steps(), saved)
        : saved;
  }
}

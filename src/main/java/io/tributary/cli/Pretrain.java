package io.tributary.cli;

import io.tributary.cli.console.ConsoleLog;
import io.tributary.cli.console.StopSignal;
import io.tributary.cli.console.Terminal;
import io.tributary.cli.options.ConfigOptions;
import io.tributary.cli.options.Engine;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.PretrainConfig;
import io.tributary.tools.pretrain.PretrainConsole;
import io.tributary.tools.pretrain.Pretrainer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Trains a base model on text, from scratch or from a model directory. */
@Command(
    name = "pretrain",
    description =
        "Trains a base model on text, from scratch or from a model directory, and writes a model "
            + "directory. Ctrl-C ends it early with what was reached.")
final class Pretrain implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ConfigOptions config;

  @Override
  public Integer call() {
    EffectiveConfig effective = config.read();
    PretrainConfig pretrain = effective.pretrain();
    Engine.load(effective.nativeLibrary());
    PretrainConsole console =
        new PretrainConsole(spec.commandLine().getOut(), Terminal.isStandardOutput());
    ConsoleLog.clearBeforehand(console::clearRow);
    try (StopSignal stop = new StopSignal(effective.shutdown());
        Pretrainer pretrainer = Pretrainer.open(pretrain)) {
      console.line(
          "%,d parameters, %,d sequences of %,d tokens to train on, %,d held out"
              .formatted(
                  pretrainer.parameters(),
                  pretrainer.trainingSequences(),
                  pretrainer.trainingTokens(),
                  pretrainer.heldOutSequences()));
      long steps = pretrainer.run(console, stop::isReceived);
      if (steps > 0) {
        pretrainer.save();
      }
      console.line(ending(steps, pretrain));
    } finally {
      console.clearRow();
      if (!console.finish()) {
        Tributary.leaveOutput(spec);
      }
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

package io.tributary.cli;

import io.tributary.config.EffectiveConfig;
import io.tributary.config.PretrainConfig;
import io.tributary.pretrain.PretrainConsole;
import io.tributary.pretrain.Pretrainer;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
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
    PrintWriter out = spec.commandLine().getOut();
    try (Pretrainer pretrainer = Pretrainer.open(pretrain)) {
      out.printf(
          "%,d parameters, %,d sequences of %,d tokens to train on, %,d held out%n",
          pretrainer.parameters(),
          pretrainer.trainingSequences(),
          pretrainer.trainingTokens(),
          pretrainer.heldOutSequences());
      out.flush();
      train(pretrainer, new PretrainConsole(out, Terminal.isStandardOutput()));
    }
    out.printf("the model is in %s%n", pretrain.output());
    return Tributary.DONE;
  }

  /** Trains until the end or a signal; the process does not end before the model is saved. */
  private static void train(Pretrainer pretrainer, PretrainConsole console) {
    AtomicBoolean stopped = new AtomicBoolean();
    CountDownLatch saved = new CountDownLatch(1);
    Thread onSignal =
        new Thread(
            () -> {
              stopped.set(true);
              try {
                saved.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      pretrainer.run(console, stopped::get);
      pretrainer.save();
    } finally {
      saved.countDown();
    }
    if (!stopped.get()) {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    }
  }
}

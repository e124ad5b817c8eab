package io.tributary.cli;

import io.tributary.cli.options.BaseModel;
import io.tributary.cli.options.ConfigOptions;
import io.tributary.cli.options.DerivedValues;
import io.tributary.cli.options.Engine;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.config.experiment.Experiment;
import io.tributary.serve.HttpService;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Reads and checks all that a run, a grid of runs or a pretraining needs, and starts nothing. */
@Command(
    name = "validate",
    description =
        "Checks a configuration and everything that it names, and prints it with the origin of "
            + "each value. The output is a configuration again. Of an experiment it lists the cells.")
final class Validate implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ConfigOptions config;

  @Override
  public Integer call() {
    EffectiveConfig effective = config.read();
    StringBuilder text = new StringBuilder();
    if (effective.describesExperiment()) {
      Experiment experiment = config.readExperiment();
      experiment
          .cells()
          .forEach(
              cell -> text.append("%s  %,d sequences%n".formatted(cell.name(), cell.sequences())));
      text.append("%d cells%n".formatted(experiment.cells().size()));
    } else if (effective.describesTraining() || !effective.describesPretraining()) {
      TributaryConfig training = effective.training();
      Engine.load(training.nativeLibrary());
      BaseModel base = BaseModel.check(training);
      HttpService.check(training.http());
      text.append(effective.trainingWithOrigins());
      text.append('\n').append(DerivedValues.of(training, base));
    }
    if (effective.describesPretraining()) {
      effective.pretrain();
      text.append(effective.pretrainWithOrigins());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
    return Tributary.DONE;
  }
}

package io.tributary.cli;

import io.tributary.config.EffectiveConfig;
import io.tributary.config.PretrainConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.config.experiment.Experiment;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.serve.HttpService;
import io.tributary.tensor.Torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks everything that a run, a grid of runs or a pretraining needs, without starting it. */
@Command(
    name = "validate",
    header = "Checks a configuration.",
    description =
        "Checks a configuration and every file that it names, and prints it with "
            + "the origin of each value; the output is a valid configuration again. Of "
            + "an experiment, it lists the cells. Whether http.port is free is not checked.")
final class ValidateVerb extends Verb {
  @Mixin private ConfigOptions config = new ConfigOptions();

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
      Torch.load(training.nativeLibrary());
      String derived;
      try (TrainingParts parts = new TrainingParts(training)) { // reads and checks all files
        derived = DerivedValues.of(training, parts.model(), parts.positions());
      }
      HttpService.check(training.http());
      text.append(effective.trainingWithOrigins()).append('\n').append(derived);
    }
    if (effective.describesPretraining()) {
      effective.section(PretrainConfig.class);
      text.append(effective.pretrainWithOrigins());
    }
    out().print(text);
    out().flush();
    return Tributary.DONE;
  }
}

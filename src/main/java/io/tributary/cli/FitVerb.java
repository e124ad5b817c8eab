package io.tributary.cli;

import io.tributary.cli.console.FittingRow;
import io.tributary.cli.console.StopSignal;
import io.tributary.config.TributaryConfig;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.life.StandaloneFit;
import io.tributary.stage.fit.FitJson;
import io.tributary.target.fit.Fit;
import io.tributary.tensor.Torch;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Fits the target's lambdas, as a run does first. */
@Command(
    name = "fit",
    header = "Fits the lambdas of a target.",
    description = {
      "Finds the lambdas that give the features of a target their desired "
          + "moments, on sequences drawn from the base model, and prints them as JSON. "
          + "A run with the same configuration finds the same lambdas.",
      "",
      "lambda                 of each feature that has one, by name",
      "lambda_stderr          its standard error, if it was fitted",
      "achieved_moment        mean of each feature under the target",
      "desired_moment         the mean asked for; with soft = true, the value",
      "                       approached instead of 1 or 0",
      "moment_stderr          standard error of the achieved moment",
      "within_tolerance       whether that is at most target.fit.tolerance",
      "effective_sample_size  of the importance weights",
      "Z, Z_stderr, log_Z     the partition function, its standard error and its",
      "                       logarithm",
      "sequences              number of sequences drawn from the base model",
      "note                   why there is nothing to fit, if that is so",
      ""
    })
final class FitVerb extends Verb {
  @Mixin private ConfigOptions config = new ConfigOptions();

  @Override
  public Integer call() {
    TributaryConfig training = config.read().training();
    Torch.load(training.nativeLibrary());
    try (TrainingParts parts = new TrainingParts(training);
        StopSignal stop = new StopSignal(training.shutdown())) {
      Optional<Fit> fit;
      try (FittingRow row = new FittingRow(err())) {
        fit =
            StandaloneFit.run(
                parts.fitSetup(),
                training.samplers().count(),
                training.scorers().count(),
                metrics -> WorkerBehaviors.of(parts, metrics),
                stop::isReceived,
                row::transientLine);
      }
      fit.ifPresent(done -> out().print(FitJson.text(done, training.target().fit().tolerance())));
      out().flush();
    }
    return Tributary.DONE;
  }
}

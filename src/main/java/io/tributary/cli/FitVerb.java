package io.tributary.cli;

import io.tributary.cli.console.FittingRow;
import io.tributary.cli.console.StopSignal;
import io.tributary.cli.options.ConfigOptions;
import io.tributary.config.TributaryConfig;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.life.StandaloneFit;
import io.tributary.stage.fit.FitJson;
import io.tributary.target.lambda.Fit;
import io.tributary.tensor.Torch;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Fits the target's lambdas, as a run does at its beginning. */
@Command(
    name = "fit",
    description = {
      "Finds the lambdas that give the features of a target their desired moments, on sequences "
          + "drawn from the base model, and prints them as JSON; a run with the same configuration "
          + "finds the same.",
      "",
      "lambda                 of each feature that has one, by name",
      "lambda_stderr          its standard error, where it was fitted",
      "achieved_moment        mean of each feature under the target",
      "desired_moment         what it shall be; with soft = true, what is aimed at in place of 1 or"
          + " 0",
      "moment_stderr          how far the target's moment may be from the achieved one",
      "within_tolerance       whether those are at most target.fit.tolerance",
      "effective_sample_size  of the weights",
      "Z, Z_stderr, log_Z     the partition function, with its standard error, and its logarithm",
      "sequences              drawn from the base model",
      "note                   where there is nothing to fit: why",
      ""
    })
final class FitVerb extends Verb {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ConfigOptions config;

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
                row);
      }
      fit.ifPresent(done -> out().print(FitJson.text(done, training.target().fit().tolerance())));
      out().flush();
    }
    return Tributary.DONE;
  }
}

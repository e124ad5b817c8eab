package io.tributary.run.life;

import io.tributary.config.TributaryConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.ServiceState;
import io.tributary.metrics.StageMetrics;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.run.files.RunDirectory;
import io.tributary.run.watch.RunConsole;
import io.tributary.run.watch.RunWatch;
import io.tributary.stage.fit.FitJson;
import io.tributary.stage.fit.FittingProgress;
import io.tributary.target.lambda.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Fits the target's lambdas at the beginning of a run, before its stream begins. */
final class RunFitting {
  private final TributaryConfig config;
  private final TrainingParts parts;
  private final RunDirectory directory;
  private final RunWatch watch;
  private final RunConsole console;
  private final StageMetrics metrics;

  RunFitting(
      TributaryConfig config,
      TrainingParts parts,
      RunDirectory directory,
      RunWatch watch,
      RunConsole console,
      StageMetrics metrics) {
    this.config = config;
    this.parts = parts;
    this.directory = directory;
    this.watch = watch;
    this.console = console;
    this.metrics = metrics;
  }

  /**
   * Fits, writes {@code fit.json} and shows what was found; does nothing more once it is stopped.
   *
   * @throws BadInputException if the base model can't have what is asked of it, or the file can't
   *     be written
   */
  void run(BooleanSupplier stopped) {
    watch.state(ServiceState.FITTING, null);
    Optional<Fit> fit =
        parts.fit(
            stopped,
            new FittingProgress() {
              @Override
              public void drawn(long sequences, long wanted) {
                console.transientLine(
                    String.format(
                        Locale.ROOT,
                        "fitting lambda: %,d of %,d sequences of the base model",
                        sequences,
                        wanted));
              }

              @Override
              public void counted(int sequences, long tokens) {
                metrics.items(sequences, tokens);
              }
            });
    if (fit.isPresent()) {
      write(fit.get());
      show(fit.get());
      watch.state(ServiceState.STARTING, null);
    }
  }

  private void write(Fit fit) {
    Path file = directory.home().resolve("fit.json");
    try {
      Files.writeString(file, FitJson.text(fit, config.target().fit().tolerance()));
    } catch (IOException e) {
      throw new BadInputException("run.directory: %s can't be written: %s".formatted(file, e), e);
    }
  }

  private void show(Fit fit) {
    console.line(
        String.format(
            Locale.ROOT,
            "lambda fitted on %,d sequences of the base model, of which %,.0f effective",
            fit.sequences(),
            fit.effectiveSampleSize()));
    fit.lambdaErrors()
        .forEach(
            (feature, error) ->
                console.line(
                    String.format(
                        Locale.ROOT,
                        "  lambda[%s] = %.4g ± %.1g  E[%s] %s ± %.1g of %s",
                        feature,
                        fit.target().lambdas().get(feature),
                        error,
                        feature,
                        of(fit.moments(), feature),
                        fit.momentErrors().get(feature),
                        of(fit.desired(), feature))));
    if (fit.largestError() > config.target().fit().tolerance()) {
      console.line(
          "  the standard error is above target.fit.tolerance = %s, since target.fit.max-sequences are no more"
              .formatted(config.target().fit().tolerance()));
    }
  }

  private static String of(Map<String, Double> values, String feature) {
    return RunConsole.number(values.getOrDefault(feature, Double.NaN));
  }
}

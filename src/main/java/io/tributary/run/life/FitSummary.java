package io.tributary.run.life;

import io.tributary.data.BadInputException;
import io.tributary.run.watch.RunConsole;
import io.tributary.stage.fit.FitJson;
import io.tributary.target.lambda.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tells people about a fit: {@code fit.json} and the lines on the console. */
final class FitSummary {
  private FitSummary() {}

  /**
   * Writes {@code fit.json} into the run's directory.
   *
   * @throws BadInputException if it can't be written
   */
  static void write(Path home, Fit fit, double tolerance) {
    Path file = home.resolve("fit.json");
    try {
      Files.writeString(file, FitJson.text(fit, tolerance));
    } catch (IOException e) {
      throw new BadInputException("run.directory: %s can't be written: %s".formatted(file, e), e);
    }
  }

  /** The lines for the console. */
  static List<String> lines(Fit fit, double tolerance) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "lambda fitted on %,d sequences of the base model, of which %,.0f effective",
            fit.sequences(),
            fit.effectiveSampleSize()));
    fit.lambdaErrors()
        .forEach(
            (feature, error) ->
                lines.add(
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
    if (fit.largestError() > tolerance) {
      lines.add(
          "  the standard error is above target.fit.tolerance = %s, since target.fit.max-sequences allows no more sequences"
              .formatted(tolerance));
    }
    return lines;
  }

  private static String of(Map<String, Double> values, String feature) {
    return RunConsole.number(values.getOrDefault(feature, Double.NaN));
  }
}

package io.tributary.target.fit;

import io.tributary.target.EnergyBasedModel;
import io.tributary.target.Factor;
import io.tributary.target.feature.Feature;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A target with fitted lambdas, and its estimates from the sample that they were fitted on.
 *
 * @param target with all lambdas
 * @param sequences N, sequences of the sample
 * @param lambdaErrors standard error of each fitted lambda, by feature
 * @param moments achieved moment of every feature, by name
 * @param momentErrors standard errors of the achieved moments
 * @param largestError the largest standard error of a fitted moment, for a feature that is not
 *     binary in units of its standard deviation under p; 0 if nothing is fitted
 * @param effectiveSampleSize (sum w)^2 / sum w^2
 * @param logZ log of the estimate of Z
 * @param relativeErrorOfZ standard error of Z divided by Z
 */
public record Fit(
    EnergyBasedModel target,
    int sequences,
    Map<String, Double> lambdaErrors,
    Map<String, Double> moments,
    Map<String, Double> momentErrors,
    double largestError,
    double effectiveSampleSize,
    double logZ,
    double relativeErrorOfZ) {

  /**
   * Fits the lambdas of a target, if it has any to fit.
   *
   * @param sample sequences drawn from the base model
   * @throws io.tributary.data.BadInputException naming the features, if the desired moments are
   *     impossible on the sample
   */
  public static Fit of(EnergyBasedModel target, FeatureSample sample) {
    HardConstraints.require(target, sample, "target.fit.sequences");
    List<Factor.Tilted> fitted = target.distributional();
    if (fitted.isEmpty()) {
      return measured(target, fitted, sample);
    }
    MomentProblem problem = new MomentProblem(target, sample);
    MomentFeasibility.require(problem, sample.size());
    double[] found = problem.lambdas(new LambdaSolver(problem).solve());
    Map<String, Double> lambdas = target.lambdas();
    for (int i = 0; i < found.length; i++) {
      lambdas.put(fitted.get(i).feature().name(), found[i]);
    }
    return measured(target.withLambdas(lambdas), fitted, sample);
  }

  private static Fit measured(
      EnergyBasedModel target, List<Factor.Tilted> fitted, FeatureSample sample) {
    TiltedSample tilted = new TiltedSample(target, sample);
    List<String> names = target.features().stream().map(Feature::name).toList();
    int[] columns = fitted.stream().mapToInt(f -> names.indexOf(f.feature().name())).toArray();
    double[] errors = tilted.lambdaErrors(columns);
    Map<String, Double> lambdaErrors = new LinkedHashMap<>();
    for (int i = 0; i < errors.length; i++) {
      lambdaErrors.put(names.get(columns[i]), errors[i]);
    }
    Map<String, Double> moments = new LinkedHashMap<>();
    Map<String, Double> momentErrors = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      moments.put(names.get(i), tilted.moment(i));
      momentErrors.put(names.get(i), tilted.momentError(i));
    }
    return new Fit(
        target,
        sample.size(),
        lambdaErrors,
        moments,
        momentErrors,
        Arrays.stream(columns).mapToDouble(tilted::comparableError).max().orElse(0),
        tilted.effectiveSampleSize(),
        tilted.logZ(),
        tilted.relativeErrorOfZ());
  }

  /** The desired moments, by name, of the features that have one. */
  public Map<String, Double> desired() {
    Map<String, Double> desired = new LinkedHashMap<>();
    for (Factor factor : target.factors()) {
      if (!Double.isNaN(factor.moment())) {
        desired.put(factor.feature().name(), factor.moment());
      }
    }
    return desired;
  }
}

package io.tributary.target;

import io.tributary.config.target.ConstraintConfig;
import io.tributary.config.target.TargetConfig;
import io.tributary.config.target.TargetConfig.KlControlConfig;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Features;
import io.tributary.target.feature.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The target of training: an energy-based model P(x) = a(x) * prod_i f_i(x), the base model a times
 * one factor for each feature.
 *
 * <p>Pointwise constraints are factors phi or 1 - phi, distributional ones exp(lambda phi), and a
 * hybrid target has both (Eq. (16), Korbak et al. 2022, arXiv:2206.00761); KL-control is
 * exp(r/beta) with r = sum_i weight_i phi_i (Eq. (9)). Thread-safe, apart from {@link #close}.
 *
 * @param factors at least one, of features with different names; their order is that of feature
 *     values everywhere
 */
public record EnergyBasedModel(List<Factor> factors) implements AutoCloseable {
  public EnergyBasedModel {
    factors = List.copyOf(factors);
    List<String> names = factors.stream().map(factor -> factor.feature().name()).toList();
    if (factors.isEmpty() || names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException(
          "a target has at least one feature, and their names differ; got " + names);
    }
  }

  /**
   * The target that the configuration describes, with lambdas yet to be fitted.
   *
   * @throws io.tributary.config.binding.ConfigException if a feature can't be made
   */
  public static EnergyBasedModel of(TargetConfig config) {
    List<Factor> factors = new ArrayList<>();
    for (int i = 0; i < config.features().size(); i++) {
      ConstraintConfig constraint = config.features().get(i);
      Feature feature = Features.of(i, constraint);
      factors.add(
          config.klControl().isPresent()
              ? rewarded(feature, config.klControl().get())
              : constrained(feature, constraint, config.fit().tolerance()));
    }
    return new EnergyBasedModel(factors);
  }

  private static Factor rewarded(Feature feature, KlControlConfig control) {
    double weight =
        control.reward().stream()
            .filter(term -> term.feature().equals(feature.name()))
            .mapToDouble(term -> term.weight())
            .sum();
    return new Factor.Tilted(feature, Double.NaN, weight / control.beta());
  }

  private static Factor constrained(
      Feature feature, ConstraintConfig constraint, double tolerance) {
    double moment = constraint.moment().orElse(1.0);
    if (constraint.isHard()) {
      return moment == 1 ? new Factor.Required(feature) : new Factor.Forbidden(feature);
    }
    boolean extreme = constraint.feature().isBinary() && (moment == 0 || moment == 1);
    double aimedAt = extreme ? Math.abs(moment - tolerance) : moment;
    return new Factor.Tilted(feature, aimedAt, Double.NaN);
  }

  /** Whether all lambdas are known, as P(x) requires. */
  public boolean isFitted() {
    return lambdas().values().stream().noneMatch(lambda -> Double.isNaN(lambda));
  }

  /** The factors whose lambdas are fitted to desired moments. */
  public List<Factor.Tilted> distributional() {
    return factors.stream()
        .filter(Factor.Tilted.class::isInstance)
        .map(Factor.Tilted.class::cast)
        .filter(Factor.Tilted::isDistributional)
        .toList();
  }

  /** The lambdas of the features that have one, by name; NaN before they are fitted. */
  public Map<String, Double> lambdas() {
    Map<String, Double> lambdas = new LinkedHashMap<>();
    for (Factor factor : factors) {
      if (factor instanceof Factor.Tilted tilted) {
        lambdas.put(tilted.feature().name(), tilted.lambda());
      }
    }
    return lambdas;
  }

  /**
   * The same target with other lambdas.
   *
   * @param lambdas one for each feature that has one, by name
   */
  public EnergyBasedModel withLambdas(Map<String, Double> lambdas) {
    if (!lambdas.keySet().equals(lambdas().keySet())) {
      throw new IllegalArgumentException(
          "lambdas of %s given, expected those of %s"
              .formatted(lambdas.keySet(), lambdas().keySet()));
    }
    List<Factor> replaced = new ArrayList<>();
    for (Factor factor : factors) {
      Double lambda = lambdas.get(factor.feature().name());
      replaced.add(
          lambda == null ? factor : new Factor.Tilted(factor.feature(), factor.moment(), lambda));
    }
    return new EnergyBasedModel(replaced);
  }

  /** The features, in the order of their values. */
  public List<Feature> features() {
    return factors.stream().map(Factor::feature).toList();
  }

  /** The desired moments E_p[phi], in the order of the features; NaN for a feature without one. */
  public double[] moments() {
    return factors.stream().mapToDouble(Factor::moment).toArray();
  }

  /**
   * phi(x) of all features.
   *
   * @return (texts, features)
   * @throws IllegalStateException naming the feature that failed, with its cause
   */
  public double[][] featureValues(List<Text> texts) {
    double[][] values = new double[texts.size()][factors.size()];
    for (int f = 0; f < factors.size(); f++) {
      double[] ofTexts = values(factors.get(f).feature(), texts);
      for (int j = 0; j < values.length; j++) {
        values[j][f] = ofTexts[j];
      }
    }
    return values;
  }

  private static double[] values(Feature feature, List<Text> texts) {
    try {
      return feature.values(texts);
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          "feature \"%s\" failed: %s".formatted(feature.name(), e.getMessage()), e);
    }
  }

  /**
   * log( P(x) / a(x) ) in nats; minus infinity where a hard constraint is violated.
   *
   * @param features (features), phi(x)
   */
  public double logFactor(double[] features) {
    double logFactor = logHardFactor(features);
    for (int i = 0; i < features.length && logFactor > Double.NEGATIVE_INFINITY; i++) {
      logFactor += factors.get(i).isHard() ? 0 : factors.get(i).log(features[i]);
    }
    return logFactor;
  }

  /** Log of the product of the hard factors alone. */
  public double logHardFactor(double[] features) {
    if (features.length != factors.size()) {
      throw new IllegalArgumentException(
          "%d feature values for %d features".formatted(features.length, factors.size()));
    }
    double logFactor = 0;
    for (int i = 0; i < features.length; i++) {
      logFactor += factors.get(i).isHard() ? factors.get(i).log(features[i]) : 0;
    }
    return logFactor;
  }

  /**
   * Whether P(x)/a(x) is the same for all sequences whose texts begin with this one.
   *
   * @param beginning as for {@link Feature#isDecided}
   */
  public boolean isDecided(Text beginning) {
    boolean all = true;
    for (Factor factor : factors) {
      boolean decided = factor.feature().isDecided(beginning);
      if (decided
          && factor.isHard()
          && factor.log(factor.feature().value(beginning)) == Double.NEGATIVE_INFINITY) {
        return true;
      }
      all &= decided;
    }
    return all;
  }

  /**
   * log P(x) in nats; minus infinity where P(x) = 0.
   *
   * @param logBase log a(x) in nats
   * @param features (features), phi(x)
   */
  public double logTarget(double logBase, double[] features) {
    double logFactor = logFactor(features);
    return logFactor == Double.NEGATIVE_INFINITY ? logFactor : logBase + logFactor;
  }

  /** Closes the features, which are shared with this target's copies with other lambdas. */
  @Override
  public void close() {
    features().forEach(Feature::close);
  }
}

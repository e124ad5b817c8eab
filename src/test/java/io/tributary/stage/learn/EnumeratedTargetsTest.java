package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.objective.RewardTerm;
import io.tributary.config.target.ConstraintConfig;
import io.tributary.config.target.FeatureConfig;
import io.tributary.config.target.FitConfig;
import io.tributary.config.target.TargetConfig;
import io.tributary.config.target.TargetConfig.KlControlConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.DrawOrder;
import io.tributary.model.guide.TokenGuide;
import io.tributary.stage.fit.TargetFitting;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.score.DrawScoring;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.Factor;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Text;
import io.tributary.target.fit.Fit;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.hipparchus.linear.LUDecomposition;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.RealVector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Targets of every kind, fitted on drawn sequences and held against sums over all of them. */
@ExtendWith(TorchExtension.class)
class EnumeratedTargetsTest {
  private static final int ROWS = 1000;
  private static final int DRAWN = 8_000;
  private static final FeatureConfig RED = new FeatureConfig.Word("red", false);
  private static final FeatureConfig GREEN_BLUE =
      new FeatureConfig.WordList(List.of("green blue", "two"), Optional.empty(), false);
  private static final FeatureConfig LENGTH = new FeatureConfig.Length();
  private static final FeatureConfig NOT_ONE =
      new FeatureConfig.Not(
          new FeatureConfig.Part(Optional.empty(), new FeatureConfig.Word("one", false)));

  private static TinyWorld world;

  @BeforeAll
  static void makeAModel(@TempDir Path directory) throws IOException {
    world = TinyWorld.arbitrary(directory);
  }

  @AfterAll
  static void closeIt() {
    world.close();
  }

  private static ConstraintConfig asked(String name, FeatureConfig feature, double moment) {
    return new ConstraintConfig(name, feature, Optional.of(moment), false);
  }

  private static EnergyBasedModel target(ConstraintConfig... constraints) {
    return EnergyBasedModel.of(
        new TargetConfig(List.of(constraints), fitConfig(), Optional.empty()));
  }

  private static FitConfig fitConfig() {
    return new FitConfig(DRAWN, DRAWN, 0.02, 100);
  }

  private static Fit fit(EnergyBasedModel target) {
    return fit(target, fitConfig(), ROWS);
  }

  /** Fits on draws of a sampler whose features a scorer computes. */
  private static Fit fit(EnergyBasedModel target, FitConfig config, int rows) {
    TargetFitting fitting = new TargetFitting(target, config, rows, 0);
    try (ProposalSampling sampling = world.sampling(rows, world.base, 1);
        DrawScoring scoring =
            new DrawScoring(
                world.copy(world.base),
                world.tokenizer,
                target,
                world.prefix,
                rows,
                rows,
                DrawScoring.Detail.SEQUENCES,
                TokenGuide.NONE)) {
      long number = 0;
      for (int draws = fitting.wantedDraws(); draws > 0; draws = fitting.wantedDraws()) {
        for (int i = 0; i < draws; i++) {
          DrawOrder order = new DrawOrder(number++, 1, DrawOrder.Purpose.FITTING, rows);
          fitting.add(scoring.features(sampling.draw(order, () -> {}), () -> {}));
        }
      }
    }
    return fitting.result().orElseThrow();
  }

  /** phi(x) of every sequence. */
  private static double[][] features(EnergyBasedModel target) {
    return target.featureValues(
        IntStream.range(0, world.sequences.size())
            .mapToObj(i -> new Text(world.texts.get(i), world.sequences.get(i).length))
            .toList());
  }

  /** log P(x) of every sequence. */
  private static double[] logTargets(EnergyBasedModel target) {
    double[][] features = features(target);
    return IntStream.range(0, features.length)
        .mapToDouble(i -> target.logTarget(world.logBases[i], features[i]))
        .toArray();
  }

  private static double[] normalised(double[] logs) {
    double z = Arrays.stream(logs).map(Math::exp).sum();
    return Arrays.stream(logs).map(log -> Math.exp(log) / z).toArray();
  }

  private static double moment(double[] probabilities, double[][] features, int feature) {
    return IntStream.range(0, features.length)
        .mapToDouble(i -> probabilities[i] * features[i][feature])
        .sum();
  }

  /** Everything that a fit says, against sums over all sequences. */
  private static void assertAgreesWithTheListedSequences(Fit fit) {
    EnergyBasedModel target = fit.target();
    double[][] features = features(target);
    double[] logTargets = logTargets(target);
    double[] p = normalised(logTargets);
    List<String> names = target.features().stream().map(Feature::name).toList();
    for (int f = 0; f < names.size(); f++) {
      String name = names.get(f);
      assertThat(moment(p, features, f))
          .as("moment of %s", name)
          .isCloseTo(fit.moments().get(name), within(4 * fit.momentErrors().get(name) + 1e-9));
      if (fit.desired().containsKey(name)) {
        assertThat(fit.moments().get(name)).isCloseTo(fit.desired().get(name), within(1e-8));
      }
    }
    double logZ = Math.log(Arrays.stream(logTargets).map(Math::exp).sum());
    assertThat(logZ).isCloseTo(fit.logZ(), within(4 * fit.relativeErrorOfZ() + 1e-5));
    double[] solution = listedLambdas(target, world.logBases);
    int i = 0;
    for (Factor.Tilted factor : target.distributional()) {
      String name = factor.feature().name();
      assertThat(factor.lambda())
          .as("lambda of %s", name)
          .isCloseTo(solution[i++], within(4 * fit.lambdaErrors().get(name)));
    }
  }

  private static boolean hardFactorsHold(EnergyBasedModel target, double[] features) {
    List<Factor> factors = target.factors();
    return IntStream.range(0, features.length)
        .filter(i -> factors.get(i).isHard())
        .allMatch(i -> factors.get(i).log(features[i]) > Double.NEGATIVE_INFINITY);
  }

  /**
   * Lambdas of the listed sequences with weights exp(logBases) and a target's hard factors, by
   * Newton's method from 0, its steps halved until the dual falls.
   */
  private static double[] listedLambdas(EnergyBasedModel target, double[] logBases) {
    List<Factor.Tilted> fitted = target.distributional();
    double[][] all = features(target);
    double[][] features =
        Arrays.stream(all)
            .map(
                row -> fitted.stream().mapToDouble(f -> row[target.factors().indexOf(f)]).toArray())
            .toArray(double[][]::new);
    RealVector desired =
        MatrixUtils.createRealVector(fitted.stream().mapToDouble(f -> f.moment()).toArray());
    double[] logs =
        IntStream.range(0, all.length)
            .mapToDouble(
                i -> hardFactorsHold(target, all[i]) ? logBases[i] : Double.NEGATIVE_INFINITY)
            .toArray();
    RealVector lambdas = desired.mapMultiply(0);
    for (int step = 0; step < 30 && !fitted.isEmpty(); step++) {
      double[] p = normalised(tilted(logs, features, lambdas));
      RealVector mean = desired.mapMultiply(0);
      RealMatrix covariance = MatrixUtils.createRealMatrix(fitted.size(), fitted.size());
      for (int i = 0; i < p.length; i++) {
        mean = mean.add(MatrixUtils.createRealVector(features[i]).mapMultiply(p[i]));
      }
      for (int i = 0; i < p.length; i++) {
        RealVector centred = MatrixUtils.createRealVector(features[i]).subtract(mean);
        covariance = covariance.add(centred.outerProduct(centred).scalarMultiply(p[i]));
      }
      RealVector move = new LUDecomposition(covariance).getSolver().solve(desired.subtract(mean));
      double before = dual(logs, features, lambdas, desired);
      while (dual(logs, features, lambdas.add(move), desired) > before + 1e-15) {
        move = move.mapMultiply(0.5);
      }
      lambdas = lambdas.add(move);
    }
    return lambdas.toArray();
  }

  private static double[] tilted(double[] logs, double[][] features, RealVector lambdas) {
    return IntStream.range(0, logs.length)
        .mapToDouble(i -> logs[i] + MatrixUtils.createRealVector(features[i]).dotProduct(lambdas))
        .toArray();
  }

  private static double dual(
      double[] logs, double[][] features, RealVector lambdas, RealVector desired) {
    double[] tilted = tilted(logs, features, lambdas);
    return Math.log(Arrays.stream(tilted).map(Math::exp).sum()) - lambdas.dotProduct(desired);
  }

  @Test
  void aPointwiseTargetIsTheBaseModelWhereAllFeaturesHold() {
    EnergyBasedModel target = target(asked("red", RED, 1), asked("not-one", NOT_ONE, 1));
    double[] logTargets = logTargets(target);
    for (int i = 0; i < logTargets.length; i++) {
      String text = world.texts.get(i);
      boolean allowed = text.contains("red") && !text.contains("one");
      assertThat(logTargets[i])
          .as(text)
          .isEqualTo(allowed ? world.logBases[i] : Double.NEGATIVE_INFINITY);
    }
    Fit fit = fit(target);
    assertThat(fit.target()).isEqualTo(target);
    assertAgreesWithTheListedSequences(fit);
  }

  @Test
  void aFeatureMayBeForbidden() {
    EnergyBasedModel target = target(asked("red", RED, 0));
    double[] p = normalised(logTargets(target));
    assertThat(moment(p, features(target), 0)).isZero();
    assertAgreesWithTheListedSequences(fit(target));
  }

  @Test
  void aDistributionalTargetHasTheDesiredMoments() {
    assertAgreesWithTheListedSequences(
        fit(target(asked("red", RED, 0.2), asked("list", GREEN_BLUE, 0.8))));
  }

  @Test
  void aDistributionalTargetIsCloserToTheBaseModelThanOthersWithItsMoments() {
    EnergyBasedModel target = target(asked("red", RED, 0.2), asked("length", LENGTH, 2.5));
    double[] solution = listedLambdas(target, world.logBases);
    double[] p = withLambdas(target, solution, world.logBases);
    double[] anything = IntStream.range(0, p.length).mapToDouble(i -> 0.3 * Math.sin(i)).toArray();
    double[] others =
        IntStream.range(0, p.length).mapToDouble(i -> world.logBases[i] + anything[i]).toArray();
    double[] other = withLambdas(target, listedLambdas(target, others), others);
    for (int f = 0; f < 2; f++) {
      double desired = target.moments()[f];
      assertThat(moment(p, features(target), f)).isCloseTo(desired, within(1e-9));
      assertThat(moment(other, features(target), f)).isCloseTo(desired, within(1e-9));
    }
    assertThat(TinyWorld.kl(other, world.logBases))
        .isGreaterThan(TinyWorld.kl(p, world.logBases) + 0.01);
  }

  private static double[] withLambdas(
      EnergyBasedModel target, double[] lambdas, double[] logBases) {
    return normalised(tilted(logBases, features(target), MatrixUtils.createRealVector(lambdas)));
  }

  @Test
  void aHybridTargetKeepsItsHardConstraintsAndHasTheOtherMoments() {
    Fit fit =
        fit(
            target(
                asked("list", GREEN_BLUE, 0.3),
                asked("not-one", NOT_ONE, 1),
                asked("red", RED, 0.9)));
    assertThat(fit.target().lambdas().keySet()).containsExactly("list", "red");
    assertAgreesWithTheListedSequences(fit);
    double[] p = normalised(logTargets(fit.target()));
    assertThat(moment(p, features(fit.target()), 1)).isEqualTo(1, within(1e-12));
  }

  @Test
  void aRealFeatureMayHaveAnyMeanThatItsValuesAllow() {
    assertAgreesWithTheListedSequences(
        fit(target(asked("length", LENGTH, 1.7), asked("red", RED, 0.4))));
    assertThatThrownBy(() -> fit(target(asked("length", LENGTH, 4.5))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("\"length\" is from 1.0 to 4.0");
  }

  @Test
  void aSoftConstraintLeavesTheToleranceToTheRest() {
    EnergyBasedModel target =
        EnergyBasedModel.of(
            new TargetConfig(
                List.of(new ConstraintConfig("red", RED, Optional.empty(), true)),
                fitConfig(),
                Optional.empty()));
    Fit fit = fit(target);
    assertThat(fit.moments().get("red")).isCloseTo(0.98, within(1e-8));
    assertAgreesWithTheListedSequences(fit);
    assertThat(logTargets(fit.target())).doesNotContain(Double.NEGATIVE_INFINITY);
  }

  @Test
  void klControlIsTheOptimumOfRewardMinusDivergence() {
    double beta = 0.4;
    EnergyBasedModel target =
        EnergyBasedModel.of(
            new TargetConfig(
                List.of(
                    new ConstraintConfig("red", RED, Optional.empty(), false),
                    new ConstraintConfig("length", LENGTH, Optional.empty(), false)),
                fitConfig(),
                Optional.of(
                    new KlControlConfig(
                        beta, List.of(new RewardTerm("red", 1), new RewardTerm("length", -0.2))))));
    assertAgreesWithTheListedSequences(fit(target));
    double[] p = normalised(logTargets(target));
    double[] base = Arrays.stream(world.logBases).map(Math::exp).toArray();
    double best = objective(target, p, beta);
    for (double share : new double[] {0.01, 0.1, 0.5, 1}) {
      double[] mixed =
          IntStream.range(0, p.length)
              .mapToDouble(i -> (1 - share) * p[i] + share * base[i])
              .toArray();
      assertThat(objective(target, mixed, beta)).isLessThan(best);
    }
    double z = Arrays.stream(logTargets(target)).map(Math::exp).sum();
    assertThat(best).isCloseTo(beta * Math.log(z), within(1e-9));
  }

  /** E[r] - beta KL(.||a), with r = red - 0.2 length. */
  private static double objective(EnergyBasedModel target, double[] probabilities, double beta) {
    double[][] features = features(target);
    return moment(probabilities, features, 0)
        - 0.2 * moment(probabilities, features, 1)
        - beta * TinyWorld.kl(probabilities, world.logBases);
  }

  @Test
  void theSampleDoesNotDependOnHowOftenItIsExtended() {
    EnergyBasedModel target = target(asked("red", RED, 0.5), asked("length", LENGTH, 3));
    Fit once = fit(target, new FitConfig(1000, 1000, 0.02, 1), 64);
    Fit inSteps = fit(target, new FitConfig(90, 1000, 1e-6, 1), 64);
    assertThat(once.sequences()).isEqualTo(1000);
    assertThat(inSteps).isEqualTo(once);
  }

  @Test
  void aFeatureThatFailsTooOftenEndsTheFit() {
    EnergyBasedModel failing =
        new EnergyBasedModel(
            List.of(
                new Factor.Required(
                    new Feature() {
                      @Override
                      public String name() {
                        return "failing";
                      }

                      @Override
                      public double value(Text text) {
                        if (text.text().contains("red")) {
                          throw new IllegalStateException("as the test asked");
                        }
                        return 1;
                      }
                    })));
    assertThatThrownBy(() -> fit(failing, new FitConfig(20, 20, 0.02, 1), 20))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("a feature failed on")
        .hasMessageContaining("of 20 sequences");
  }
}

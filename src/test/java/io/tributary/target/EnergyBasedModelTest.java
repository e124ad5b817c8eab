package io.tributary.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.binding.ConfigException;
import io.tributary.config.objective.RewardTerm;
import io.tributary.config.target.ConstraintConfig;
import io.tributary.config.target.FeatureConfig;
import io.tributary.config.target.FitConfig;
import io.tributary.config.target.TargetConfig;
import io.tributary.config.target.TargetConfig.KlControlConfig;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Features;
import io.tributary.target.feature.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnergyBasedModelTest {
  private static final FeatureConfig ANIMAL = new FeatureConfig.Word("animal", false);
  private static final FeatureConfig WET =
      new FeatureConfig.WordList(List.of("water", "rain"), Optional.empty(), false);
  private static final FeatureConfig LENGTH = new FeatureConfig.Length();
  private static final FitConfig FIT = new FitConfig(100, 1000, 0.01, 10);

  @TempDir private Path directory;

  private static ConstraintConfig constraint(String name, FeatureConfig feature) {
    return new ConstraintConfig(name, feature, Optional.empty(), false);
  }

  private static ConstraintConfig constraint(
      String name, FeatureConfig feature, double moment, boolean soft) {
    return new ConstraintConfig(name, feature, Optional.of(moment), soft);
  }

  private static EnergyBasedModel model(ConstraintConfig... constraints) {
    return EnergyBasedModel.of(new TargetConfig(List.of(constraints), FIT, Optional.empty()));
  }

  private static double[] values(EnergyBasedModel target, String text) {
    return target.featureValues(List.of(new Text(text, 7)))[0];
  }

  @Test
  void aPointwiseTargetKeepsTheBaseModelWhereAllFeaturesHoldAndForbidsTheRest() {
    EnergyBasedModel target = model(constraint("animal", ANIMAL), constraint("wet", WET));
    assertThat(target.features()).extracting(Feature::name).containsExactly("animal", "wet");
    assertThat(target.moments()).containsExactly(1, 1);
    assertThat(target.isFitted()).isTrue();
    assertThat(target.lambdas()).isEmpty();

    double[] both = values(target, "An animal in the rain.");
    assertThat(both).containsExactly(1, 1);
    assertThat(target.logFactor(both)).isZero();
    assertThat(target.logTarget(-12.5, both)).isEqualTo(-12.5);
    assertThat(target.logHardFactor(both)).isZero();

    double[] one = values(target, "Rain.");
    assertThat(one).containsExactly(0, 1);
    assertThat(target.logFactor(one)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(target.logTarget(-12.5, one)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(target.logHardFactor(one)).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void aMomentOfZeroForbidsAFeature() {
    EnergyBasedModel target = model(constraint("animal", ANIMAL, 0, false));
    assertThat(target.moments()).containsExactly(0);
    assertThat(target.logTarget(-12.5, new double[] {0})).isEqualTo(-12.5);
    assertThat(target.logTarget(-12.5, new double[] {1})).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(target.logFactor(new double[] {0.25})).isCloseTo(Math.log(0.75), within(1e-15));
    assertThatThrownBy(() -> target.logFactor(new double[] {1.5}))
        .hasMessageContaining("animal")
        .hasMessageContaining("1.5");
  }

  @Test
  void whereAFactorIsZeroTheBaseModelIsNotAsked() {
    EnergyBasedModel target = model(constraint("animal", ANIMAL));
    assertThat(target.logTarget(Double.NaN, new double[] {0})).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(target.logTarget(Double.NaN, new double[] {1})).isNaN();
  }

  @Test
  void factorsBetweenZeroAndOneMultiply() {
    EnergyBasedModel target = model(constraint("animal", ANIMAL), constraint("wet", WET));
    assertThat(target.logTarget(-3, new double[] {0.5, 0.25}))
        .isCloseTo(-3 + Math.log(0.125), within(1e-12));
  }

  @Test
  void factorsThatAreNoFactorsAreRefused() {
    EnergyBasedModel target = model(constraint("animal", ANIMAL));
    assertThatThrownBy(() -> target.logFactor(new double[] {-1}))
        .hasMessageContaining("animal")
        .hasMessageContaining("-1.0");
    assertThatThrownBy(() -> target.logFactor(new double[] {Double.NaN}))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> target.logFactor(new double[2])).hasMessageContaining("2 feature");
  }

  @Test
  void otherMomentsHaveALambdaThatIsToBeFitted() {
    EnergyBasedModel target =
        model(
            constraint("animal", ANIMAL, 0.5, false),
            constraint("wet", WET),
            constraint("length", LENGTH, 12, false));
    assertThat(target.moments()).containsExactly(0.5, 1, 12);
    assertThat(target.isFitted()).isFalse();
    assertThat(target.lambdas().keySet()).containsExactly("animal", "length");
    assertThat(target.logHardFactor(new double[] {1, 1, 3})).isZero();
    assertThatThrownBy(() -> target.logFactor(new double[] {1, 1, 3}))
        .hasMessageContaining("animal")
        .hasMessageContaining("lambda = NaN");

    EnergyBasedModel fitted = target.withLambdas(Map.of("animal", 2.0, "length", -0.25));
    assertThat(fitted.isFitted()).isTrue();
    assertThat(fitted.moments()).isEqualTo(target.moments());
    assertThat(fitted.lambdas()).containsExactly(entry("animal", 2.0), entry("length", -0.25));
    assertThat(values(fitted, "An animal in rain")).containsExactly(1, 1, 7);
    assertThat(fitted.logTarget(-3, new double[] {1, 1, 7})).isCloseTo(-2.75, within(1e-12));
    assertThat(fitted.logTarget(-3, new double[] {1, 0, 7})).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThatThrownBy(() -> target.withLambdas(Map.of("animal", 2.0)))
        .hasMessageContaining("expected those of [animal, length]");
  }

  @Test
  void aSoftMomentOfOneOrZeroAimsBesideItByTheTolerance() {
    EnergyBasedModel target =
        model(constraint("animal", ANIMAL, 1, true), constraint("wet", WET, 0, true));
    assertThat(target.moments()).containsExactly(0.99, 0.01);
    assertThat(target.lambdas().keySet()).containsExactly("animal", "wet");
    assertThat(target.logHardFactor(new double[] {0, 1})).isZero();
  }

  @Test
  void klControlTiltsByTheRewardOverBetaAndAsksForNoMoments() {
    KlControlConfig control =
        new KlControlConfig(
            0.5,
            List.of(
                new RewardTerm("animal", 1),
                new RewardTerm("length", -0.25),
                new RewardTerm("animal", 2)));
    EnergyBasedModel target =
        EnergyBasedModel.of(
            new TargetConfig(
                List.of(
                    constraint("animal", ANIMAL),
                    constraint("wet", WET),
                    constraint("length", LENGTH)),
                FIT,
                Optional.of(control)));
    assertThat(target.moments()).containsOnly(Double.NaN);
    assertThat(target.isFitted()).isTrue();
    assertThat(target.lambdas())
        .containsExactly(entry("animal", 6.0), entry("wet", 0.0), entry("length", -0.5));
    assertThat(target.logTarget(-3, new double[] {1, 1, 4})).isEqualTo(1);
    assertThat(target.logHardFactor(new double[] {0, 0, 4})).isZero();
  }

  @Test
  void wordsAreReadFromAFileThatMayHoldCommentsAndBlankLines() throws IOException {
    Path file = directory.resolve("words.txt");
    Files.writeString(file, "# science\n\n physics \nOrganic  Chemistry\n#art\n");
    EnergyBasedModel target = model(inFile(file));
    assertThat(values(target, "PHYSICS!")).containsExactly(1);
    assertThat(values(target, "of organic\nchemistry")).containsExactly(1);
    assertThat(values(target, "science art chemistry")).containsExactly(0);
  }

  @Test
  void anEntryThatNeverOccursIsReportedWithItsFile() throws IOException {
    Path file = directory.resolve("words.txt");
    Files.writeString(file, "physics\nc++\n");
    assertThatThrownBy(() -> model(inFile(file)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("c++");
  }

  @Test
  void aFileThatIsMissingOrEmptyIsReportedWithItsName() throws IOException {
    Path missing = directory.resolve("missing.txt");
    Path empty = Files.createFile(directory.resolve("empty.txt"));
    for (Path file : List.of(missing, empty)) {
      assertThatThrownBy(() -> model(inFile(file)))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void aTargetHasFeaturesWithDifferentNames() {
    Feature feature = Features.of("twice", new FeatureConfig.Word("word", false));
    assertThatThrownBy(
            () ->
                new EnergyBasedModel(
                    List.of(new Factor.Required(feature), new Factor.Required(feature))))
        .hasMessageContaining("twice");
    assertThatThrownBy(() -> new EnergyBasedModel(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ConstraintConfig inFile(Path file) {
    return constraint("topic", new FeatureConfig.WordList(List.of(), Optional.of(file), false));
  }
}

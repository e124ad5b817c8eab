package io.tributary.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.ConfigException;
import io.tributary.config.FeatureConfig;
import io.tributary.config.TargetConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PointwiseTargetTest {
  private static final FeatureConfig ANIMAL = new FeatureConfig.Word("animal", "animal", false, 1);
  private static final FeatureConfig WATER =
      new FeatureConfig.WordList("wet", List.of("water", "rain"), Optional.empty(), false, 1);

  @TempDir private Path directory;

  @Test
  void keepsTheBaseModelWhereAllFeaturesHoldAndForbidsTheRest() {
    Target target = PointwiseTarget.of(new TargetConfig(List.of(ANIMAL, WATER)));
    assertThat(target.features()).extracting(Feature::name).containsExactly("animal", "wet");
    assertThat(target.moments()).containsExactly(1, 1);

    double[] both = target.featureValues("An animal in the rain.");
    assertThat(both).containsExactly(1, 1);
    assertThat(target.logFactor(both)).isZero();
    assertThat(target.logTarget(-12.5, both)).isEqualTo(-12.5);

    double[] one = target.featureValues("Rain.");
    assertThat(one).containsExactly(0, 1);
    assertThat(target.logFactor(one)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(target.logTarget(-12.5, one)).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void whereAFactorIsZeroTheBaseModelIsNotAsked() {
    Target target = PointwiseTarget.of(new TargetConfig(List.of(ANIMAL)));
    assertThat(target.logTarget(Double.NaN, new double[] {0})).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(target.logTarget(Double.NaN, new double[] {1})).isNaN();
  }

  @Test
  void factorsBetweenZeroAndOneMultiply() {
    Target target = PointwiseTarget.of(new TargetConfig(List.of(ANIMAL, WATER)));
    assertThat(target.logTarget(-3, new double[] {0.5, 0.25}))
        .isCloseTo(-3 + Math.log(0.125), within(1e-12));
  }

  @Test
  void factorsThatAreNoFactorsAreRefused() {
    Target target = PointwiseTarget.of(new TargetConfig(List.of(ANIMAL)));
    assertThatThrownBy(() -> target.logFactor(new double[] {-1}))
        .hasMessageContaining("animal")
        .hasMessageContaining("-1.0");
    assertThatThrownBy(() -> target.logFactor(new double[] {Double.NaN}))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> target.logFactor(new double[2])).hasMessageContaining("2 feature");
  }

  @Test
  void wordsAreReadFromAFileThatMayHoldCommentsAndBlankLines() throws IOException {
    Path file = directory.resolve("words.txt");
    Files.writeString(file, "# science\n\n physics \nChemistry\n#art\n");
    Target target = PointwiseTarget.of(new TargetConfig(List.of(inFile(file))));
    assertThat(target.featureValues("PHYSICS!")).containsExactly(1);
    assertThat(target.featureValues("chemistry")).containsExactly(1);
    assertThat(target.featureValues("science art")).containsExactly(0);
  }

  @Test
  void anEntryThatIsNoWordIsReportedWithItsFile() throws IOException {
    Path file = directory.resolve("words.txt");
    Files.writeString(file, "physics\nco-author\n");
    assertThatThrownBy(() -> PointwiseTarget.of(new TargetConfig(List.of(inFile(file)))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("co-author");
  }

  @Test
  void aFileThatIsMissingOrEmptyIsReportedWithItsName() throws IOException {
    Path missing = directory.resolve("missing.txt");
    Path empty = Files.createFile(directory.resolve("empty.txt"));
    for (Path file : List.of(missing, empty)) {
      assertThatThrownBy(() -> PointwiseTarget.of(new TargetConfig(List.of(inFile(file)))))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void aTargetHasFeaturesWithDifferentNames() {
    Feature feature = WordListFeature.of("twice", List.of("word"), false);
    assertThatThrownBy(() -> new PointwiseTarget(List.of(feature, feature)))
        .hasMessageContaining("twice");
    assertThatThrownBy(() -> new PointwiseTarget(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static FeatureConfig inFile(Path file) {
    return new FeatureConfig.WordList("topic", List.of(), Optional.of(file), false, 1);
  }
}

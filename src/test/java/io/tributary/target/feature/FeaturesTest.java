package io.tributary.target.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.target.FeatureConfig;
import io.tributary.config.target.FeatureConfig.Majority;
import io.tributary.config.target.FeatureConfig.Part;
import io.tributary.data.BadInputException;
import io.tributary.tensor.Torch;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeaturesTest {
  private static final FeatureConfig CAT = new FeatureConfig.Word("cat", false);
  private static final FeatureConfig DOG = new FeatureConfig.Word("dog", false);

  private static double value(FeatureConfig config, String text) {
    Feature feature = Features.of("feature", config);
    Text one = new Text(text, 3);
    assertThat(feature.name()).isEqualTo("feature");
    assertThat(feature.values(List.of(one, new Text("", 0))))
        .containsExactly(feature.value(one), feature.value(new Text("", 0)));
    return feature.value(one);
  }

  private static Part part(FeatureConfig feature) {
    return new Part(Optional.empty(), feature);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "She was a painter. | 1 | 0 | 0",
        "He was a painter. | 0 | 1 | 0",
        "A painter. | 0 | 0 | 0",
        "She met him. | 0 | 0 | 1",
        "she's here, HERSELF, with his | 1 | 0 | 0",
        "She’d say he'll: his, him | 0 | 1 | 0",
        "the sheep, a hero, Hershey, this and there | 0 | 0 | 0",
        "hers-his | 0 | 0 | 1",
        "s\uFFFDhe | 0 | 1 | 0",
        "herself, himself, he and her | 0 | 0 | 1"
      })
  void pronounsAreCountedAmongTheWordTokens(
      String text, double female, double male, double balanced) {
    assertThat(value(new FeatureConfig.Pronouns(Majority.FEMALE), text)).isEqualTo(female);
    assertThat(value(new FeatureConfig.Pronouns(Majority.MALE), text)).isEqualTo(male);
    assertThat(value(new FeatureConfig.Pronouns(Majority.BALANCED), text)).isEqualTo(balanced);
  }

  @Test
  void aRegularExpressionIsFoundAnywhereInTheText() {
    FeatureConfig year = new FeatureConfig.Regex("\\b(1[0-9]|20)\\d\\d\\b", false);
    assertThat(value(year, "born in 1867, a chemist")).isEqualTo(1);
    assertThat(value(year, "born in 18675")).isZero();
    assertThat(value(new FeatureConfig.Regex("ÉCOLE", false), "une école")).isEqualTo(1);
    assertThat(value(new FeatureConfig.Regex("ÉCOLE", true), "une école")).isZero();
    assertThat(value(new FeatureConfig.Regex("^$", true), "")).isEqualTo(1);
  }

  @Test
  @Timeout(10)
  void aSearchThatNeverEndsFailsInsteadAndNamesTheFeature() {
    for (String pattern : List.of("(a+)+b", "((a*)*)*b")) {
      Feature feature = Features.of("slow", new FeatureConfig.Regex(pattern, false));
      assertThatThrownBy(() -> feature.value(new Text("a".repeat(2_000), 1)))
          .as(pattern)
          .hasMessageContaining("\"slow\"")
          .hasMessageContaining("takes too many steps");
    }
    Feature deep = Features.of("deep", new FeatureConfig.Regex("(?:a|b)*c", false));
    assertThatThrownBy(() -> deep.value(new Text("ab".repeat(100_000), 1)))
        .hasMessageContaining("takes too many steps");
  }

  @Test
  void theLengthIsTheNumberOfTokens() {
    assertThat(value(new FeatureConfig.Length(), "whatever it says")).isEqualTo(3);
  }

  @Test
  void featuresAreMadeOfOthers() {
    FeatureConfig both = new FeatureConfig.AllOf(List.of(part(CAT), part(DOG)));
    FeatureConfig either = new FeatureConfig.AnyOf(List.of(part(CAT), part(DOG)));
    FeatureConfig neither = new FeatureConfig.Not(part(either));
    for (String text : List.of("", "a cat", "a dog", "a cat and a dog")) {
      boolean cat = text.contains("cat");
      boolean dog = text.contains("dog");
      assertThat(value(both, text)).as(text).isEqualTo(cat && dog ? 1 : 0);
      assertThat(value(either, text)).as(text).isEqualTo(cat || dog ? 1 : 0);
      assertThat(value(neither, text)).as(text).isEqualTo(cat || dog ? 0 : 1);
    }
  }

  @Test
  void otherFeaturesAreMadeOfBinaryOnesOnly() {
    assertThatThrownBy(() -> part(new FeatureConfig.Length()))
        .hasMessage(
            "type must be a feature that is 0 or 1, to be combined with others, got length");
  }

  @Test
  void aClassifierPredictsOneOfTheLabelsAskedFor() {
    Torch.load(1);
    Path topics = Path.of("src/test/resources/classifiers/topics");
    String rain = "rain and wind tomorrow";
    double sum = 0;
    for (String label : List.of("weather", "cooking", "sport")) {
      sum += value(new FeatureConfig.Classifier(topics, List.of(label)), rain);
    }
    assertThat(sum).isOne();
    List<String> all = List.of("weather", "cooking", "sport");
    assertThat(value(new FeatureConfig.Classifier(topics, all), rain)).isOne();
    assertThatThrownBy(
            () -> Features.of("wet", new FeatureConfig.Classifier(topics, List.of("rain"))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContainingAll("no label \"rain\"", "weather, cooking, sport");
  }
}

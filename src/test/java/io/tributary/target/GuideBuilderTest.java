package io.tributary.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.target.FeatureConfig;
import io.tributary.config.target.FeatureConfig.AllOf;
import io.tributary.config.target.FeatureConfig.AnyOf;
import io.tributary.config.target.FeatureConfig.Not;
import io.tributary.config.target.FeatureConfig.Part;
import io.tributary.config.target.FeatureConfig.Regex;
import io.tributary.config.target.FeatureConfig.Word;
import io.tributary.config.target.FeatureConfig.WordList;
import io.tributary.model.TextTokenizer;
import io.tributary.model.guide.TokenGuide;
import io.tributary.target.feature.Features;
import io.tributary.target.feature.Text;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With the tokenizer of the shipped model. */
class GuideBuilderTest {
  private static final int VOCABULARY = 4096;
  private static TextTokenizer tokenizer;

  @BeforeAll
  static void read() {
    tokenizer = TextTokenizer.read(Path.of("test-data/models/base/tokenizer.json"));
  }

  private static Factor required(FeatureConfig config) {
    return new Factor.Required(Features.of("it", config));
  }

  private static TokenGuide guide(Factor... factors) {
    return GuideBuilder.of(new EnergyBasedModel(List.of(factors)), tokenizer, VOCABULARY);
  }

  private static List<String> raised(TokenGuide guide, String text) {
    TokenGuide.State state = guide.start();
    for (int token : tokenizer.encode(text)) {
      state = guide.after(state, token);
    }
    return Arrays.stream(guide.raised(state))
        .mapToObj(token -> tokenizer.decode(new int[] {token}))
        .toList();
  }

  @Test
  void aWordIsRaisedWhereItWouldBeOne() {
    TokenGuide water = guide(required(new Word("water", false)));
    assertThat(raised(water, "The deep")).contains(" water").doesNotContain("water");
    assertThat(raised(water, "")).contains(" water");
    assertThat(raised(water, "The deep water")).isEmpty();
    assertThat(raised(water, "The deep water is")).isEmpty();
    assertThat(raised(water, "The deep waters are")).contains(" water");
  }

  /** With every token that is raised behind a text, the text has the feature, and had it not. */
  @Test
  void whatIsRaisedMakesTheFeatureTrue() {
    List<FeatureConfig> features =
        List.of(
            new Word("water", true),
            new WordList(
                List.of("fresh water", "ice", "parliament", "o'clock"), Optional.empty(), false),
            new AnyOf(List.of(part(new Word("water", false)), part(new Word("time", false)))));
    for (FeatureConfig config : features) {
      Factor factor = required(config);
      TokenGuide guide = guide(factor);
      int checked = 0;
      for (String text :
          List.of("", "He", "the fresh", "the parl", "the par", "at five o", "in the \"", "sea-")) {
        assertThat(factor.feature().value(new Text(text, 1))).isIn(0.0, 1.0);
        if (factor.feature().value(new Text(text, 1)) == 1) {
          continue;
        }
        for (String token : raised(guide, text)) {
          checked++;
          assertThat(factor.feature().value(new Text(text + token, 1)))
              .as("\"%s\" and \"%s\"", text, token)
              .isEqualTo(1);
        }
      }
      assertThat(checked).as(config.toString()).isGreaterThan(3);
    }
  }

  @Test
  void allOfThemAreRaisedUntilTheyHaveCome() {
    TokenGuide both =
        guide(
            required(
                new AllOf(List.of(part(new Word("water", true)), part(new Word("time", true))))));
    assertThat(raised(both, "The")).contains(" water", " time");
    assertThat(raised(both, "The water was")).contains(" time").doesNotContain(" water");
    assertThat(
            raised(
                guide(
                    required(new Word("water", true)),
                    new Factor.Required(Features.of("other", new Word("time", true)))),
                "The"))
        .contains(" water", " time");
  }

  @Test
  void whatHasNoPhrasesHasNoGuide() {
    Stream.of(
            new Regex("water", false),
            new Not(part(new Word("water", false))),
            new FeatureConfig.Pronouns(FeatureConfig.Majority.FEMALE))
        .forEach(config -> assertThat(guide(required(config)).isEmpty()).isTrue());
    assertThat(guide(new Factor.Forbidden(Features.of("w", new Word("water", false)))).isEmpty())
        .isTrue();
    assertThat(
            guide(new Factor.Tilted(Features.of("w", new Word("water", false)), 0.5, 1)).isEmpty())
        .isTrue();
  }

  private static Part part(FeatureConfig feature) {
    return new Part(Optional.empty(), feature);
  }
}

package io.tributary.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.target.FeatureConfig;
import io.tributary.config.target.FeatureConfig.AllOf;
import io.tributary.config.target.FeatureConfig.AnyOf;
import io.tributary.config.target.FeatureConfig.Majority;
import io.tributary.config.target.FeatureConfig.Not;
import io.tributary.config.target.FeatureConfig.Part;
import io.tributary.config.target.FeatureConfig.Pronouns;
import io.tributary.config.target.FeatureConfig.Regex;
import io.tributary.config.target.FeatureConfig.Word;
import io.tributary.config.target.FeatureConfig.WordList;
import io.tributary.model.TextTokenizer;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Features;
import io.tributary.target.feature.Text;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** With the tokenizer of the shipped model, whose tokens are bytes and pieces of words. */
class DecisionTest {
  private static final Path TOKENIZER = Path.of("test-data/models/base/tokenizer.json");
  private static final FeatureConfig WATER = new Word("water", false);
  private static final FeatureConfig PHRASE =
      new WordList(List.of("fresh water", "ice", "naïve"), Optional.empty(), false);
  private static final FeatureConfig PATTERN = new Regex("wat(er)?s?", false);
  private static TextTokenizer tokenizer;

  @BeforeAll
  static void read() {
    tokenizer = TextTokenizer.read(TOKENIZER);
  }

  private static Part part(FeatureConfig feature) {
    return new Part(Optional.empty(), feature);
  }

  private static Feature feature(FeatureConfig config) {
    return Features.of("it", config);
  }

  private static Decision decision(Factor... factors) {
    return new Decision(tokenizer, new EnergyBasedModel(List.of(factors)));
  }

  private static Decision required(FeatureConfig config) {
    return decision(new Factor.Required(feature(config)));
  }

  /** The text that decides, and what comes after it. */
  private static List<String> split(Decision decision, String text) {
    int[] tokens = tokenizer.encode(text);
    int at = decision.of(tokens, tokenizer.decode(tokens));
    return List.of(
        tokenizer.decode(Arrays.copyOf(tokens, at)),
        tokenizer.decode(Arrays.copyOfRange(tokens, at, tokens.length)));
  }

  @Test
  void aWordIsDecidedWhenNothingCanBeJoinedToIt() {
    Decision water = required(WATER);
    assertThat(split(water, "the water is deep")).containsExactly("the water is", " deep");
    assertThat(split(water, "the water, deep")).containsExactly("the water,", " deep");
    assertThat(split(water, "the waters are deep")).containsExactly("the waters are deep", "");
    assertThat(split(water, "the water's deep water is"))
        .element(0)
        .asString()
        .contains("water's ");
    assertThat(split(water, "no word of it")).containsExactly("no word of it", "");
    assertThat(split(water, "deep water")).containsExactly("deep water", "");
    assertThat(split(required(new Regex("[.!?]\\z", false)), "I go. He went."))
        .containsExactly("I go. He went.", "");
    assertThat(split(required(new Regex("\\b(water bottle|water)\\b", false)), "a water bottom is"))
        .containsExactly("a water bottom", " is");
    assertThat(split(required(PHRASE), "ice-cold fresh water is good"))
        .element(0)
        .isEqualTo("ice-");
  }

  @Test
  void anExclusionIsDecidedByItsFirstViolation() {
    Decision none = decision(new Factor.Forbidden(feature(WATER)));
    assertThat(split(none, "the water is deep")).containsExactly("the water is", " deep");
    Decision both =
        decision(
            new Factor.Required(feature(PHRASE)), new Factor.Forbidden(Features.of("w", WATER)));
    assertThat(split(both, "the water is ice here")).containsExactly("the water is", " ice here");
    assertThat(split(both, "the ice is cold here")).containsExactly("the ice is cold here", "");
  }

  @Test
  void whatOnlyTheEndDecides() {
    for (FeatureConfig config :
        List.of(
            new Pronouns(Majority.FEMALE),
            new FeatureConfig.Length(),
            new Regex("water\\X", false),
            new Regex("water\\b{g}", false),
            new Regex("(?c)water", false),
            new Regex("has.*water", false),
            new Regex("[.!?]\\z", false),
            new Regex("deep$", false))) {
      Feature feature = feature(config);
      assertThat(feature.isDecided(new Text("she has water, deep. ", 5))).isFalse();
    }
    Decision mixed =
        decision(
            new Factor.Required(feature(WATER)),
            new Factor.Tilted(Features.of("s", new Pronouns(Majority.FEMALE)), Double.NaN, 1));
    assertThat(split(mixed, "the water is hers")).containsExactly("the water is hers", "");
  }

  static List<FeatureConfig> features() {
    return List.of(
        WATER,
        new Word("Water", true),
        PHRASE,
        PATTERN,
        new Regex("^the", false),
        new Regex("\\bice\\b", false),
        new Regex("i(c|ce)e*\\s", false),
        new Regex("", false),
        new Regex("\\A[A-Z].*\\.\\z", true),
        new Regex("\\b(water bottle|water)\\b", false),
        new Regex("^.*ice\\b|water", false),
        new Regex("(?x) water ( ?!\\ s)", false),
        new Regex("water(?!s)", false),
        new Regex("(?<!the )water", false),
        new Regex("wate*+r", false),
        new Regex("(?m)^the|ice$", false),
        new Regex("(?>ice|i)\\R", false),
        new Regex("(.)\\1", false),
        new Not(part(WATER)),
        new AllOf(List.of(part(WATER), part(PHRASE))),
        new AllOf(List.of(part(WATER), part(new Not(part(PHRASE))))),
        new AnyOf(List.of(part(WATER), part(PHRASE), part(new Pronouns(Majority.MALE)))),
        new AnyOf(List.of(part(new Not(part(WATER))), part(PATTERN))));
  }

  /** Pieces of text that are likely to meet in a way that matters, and any tokens. */
  private static int[] random(Random random, int most) {
    List<String> pieces =
        List.of(
            " water",
            "water",
            "Water",
            "s",
            "'s",
            "'",
            "’",
            " fresh",
            " ice",
            " bott",
            "le",
            ". The",
            "-",
            ",",
            " the",
            "the",
            " na",
            "ïve",
            "i\u0308ve",
            "\u0301",
            "\u00ad",
            "\u200d",
            "ing",
            "_",
            " he",
            "é",
            "日",
            "\n",
            ".",
            "=\u0338",
            "e",
            "1",
            "(",
            " ");
    List<Integer> tokens = new ArrayList<>();
    while (tokens.size() < most) {
      if (random.nextInt(4) == 0) {
        tokens.add(random.nextInt(400)); // single bytes among them
      } else {
        for (int token : tokenizer.encode(pieces.get(random.nextInt(pieces.size())))) {
          tokens.add(token);
        }
      }
    }
    return tokens.stream().limit(most).mapToInt(Integer::intValue).toArray();
  }

  @ParameterizedTest
  @MethodSource("features")
  void noContinuationChangesWhatIsDecided(FeatureConfig config) {
    Feature feature = feature(config);
    Decision decision = decision(new Factor.Tilted(feature, Double.NaN, 1));
    Random random = new Random(1);
    int decided = 0;
    for (int i = 0; i < 3000; i++) {
      int[] tokens = random(random, 1 + random.nextInt(12));
      String text = tokenizer.decode(tokens);
      int at = decision.of(tokens, text);
      if (at == tokens.length) {
        continue;
      }
      decided++;
      double value = feature.value(new Text(text, tokens.length));
      for (int j = 0; j < 20; j++) {
        int[] other =
            IntStream.concat(
                    Arrays.stream(tokens).limit(at),
                    Arrays.stream(random(random, random.nextInt(6))))
                .toArray();
        String continued = tokenizer.decode(other);
        assertThat(feature.value(new Text(continued, other.length)))
            .as(
                "\"%s\" was decided by its first %d tokens, but \"%s\" differs",
                text, at, continued)
            .isEqualTo(value);
        if (other.length > at) {
          assertThat(decision.of(other, continued))
              .as("the same of \"%s\"", continued)
              .isEqualTo(at);
        }
      }
    }
    assertThat(decided).isPositive();
  }

  /** What ends a word stays what ends a word, whatever mark follows. */
  @Test
  void noCharacterBecomesALetterByAMarkThatFollows() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (Character.isLetterOrDigit(c)) {
        int first = Normalizer.normalize(Character.toString(c), Normalizer.Form.NFD).codePointAt(0);
        assertThat(Character.isLetterOrDigit(first) || isMark(first)).isTrue();
      }
    }
  }

  private static boolean isMark(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> false;
    };
  }
}

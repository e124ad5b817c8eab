package io.tributary.target.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.binding.ConfigException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordListFeatureTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amazing",
        "This is Amazing!",
        "AMAZING.",
        "(amazing)",
        "“amazing”",
        "'amazing'",
        "an amazing-looking thing",
        "not;amazing;",
        "amazing's",
        "amazing\u2019s",
        "_amazing_",
        "dull\namazing\n"
      })
  void aWordOccursAmongTheWordTokens(String text) {
    assertThat(value(word("amazing"), text)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "amazingly",
        "unamazing",
        "amaz ing",
        "amazing2",
        "amazin'",
        "amazinǵ",
        "maze"
      })
  void aWordDoesNotOccurWithinAnother(String text) {
    assertThat(value(word("amazing"), text)).isZero();
  }

  @Test
  void contractionsCountForTheWordBeforeThemUnlessTheyNegate() {
    assertThat(value(word("he"), "Tomorrow he'll see.")).isEqualTo(1);
    assertThat(value(word("he"), "He’s here")).isEqualTo(1);
    assertThat(value(word("he"), "the hen's nest")).isZero();
    assertThat(value(word("don"), "I don't know")).isZero();
    assertThat(value(word("don't"), "I DON’T know")).isEqualTo(1);
    assertThat(value(word("he'll"), "he will, he'd")).isZero();
    assertThat(value(word("he'll"), "he'll")).isEqualTo(1);
  }

  @Test
  void caseCountsOnlyWhereAskedTo() {
    WordListFeature us = new WordListFeature("us", List.of("US"), true);
    assertThat(value(us, "made in the US")).isEqualTo(1);
    assertThat(value(us, "the US's share")).isEqualTo(1);
    assertThat(value(us, "he saw us")).isZero();
    assertThat(value(word("US"), "he saw us")).isEqualTo(1);
  }

  @Test
  void anyWordOfTheListIsEnough() {
    WordListFeature list = new WordListFeature("list", List.of("parliament", "Senate"), false);
    assertThat(list.name()).isEqualTo("list");
    assertThat(value(list, "The senate met.")).isEqualTo(1);
    assertThat(value(list, "Parliament, and the Senate")).isEqualTo(1);
    assertThat(value(list, "parliamentary senators")).isZero();
  }

  @Test
  void accentsAreComparedInOneForm() {
    assertThat(value(word("cafe\u0301"), "a CAFÉ")).isEqualTo(1);
  }

  @Test
  void aLongListFindsExactlyItsWords() {
    List<String> words = IntStream.range(0, 2_000).mapToObj(i -> "word" + i).toList();
    WordListFeature list = new WordListFeature("list", words, false);
    assertThat(words).allMatch(word -> value(list, "a " + word + ".") == 1);
    assertThat(value(list, "word2000 word")).isZero();
  }

  @Test
  void anEmptyListIsRefused() {
    assertThatThrownBy(() -> new WordListFeature("topic", List.of(), false))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("topic")
        .hasMessageContaining("at least one word");
  }

  @Test
  void severalWordsOccurWhereTheyFollowEachOther() {
    WordListFeature list =
        new WordListFeature(
            "list",
            List.of("prime minister", "prime time news", "Well-known", "driver's seat"),
            false);
    assertThat(value(list, "The Prime\n  Minister.")).isEqualTo(1);
    assertThat(value(list, "a prime prime-minister’s office")).isEqualTo(1);
    assertThat(value(list, "the prime and the minister, at prime time")).isZero();
    assertThat(value(list, "prime ministers; minister prime")).isZero();
    assertThat(value(list, "prime's minister")).as("the clitic is a word between them").isZero();
    assertThat(value(list, "prime time news")).isEqualTo(1);
    assertThat(value(list, "a well known man")).isEqualTo(1);
    assertThat(value(list, "the DRIVER’S seat")).isEqualTo(1);
    assertThat(value(list, "the driver seat")).isZero();
    assertThat(value(list, "")).isZero();
  }

  @Test
  void anEntryThatBeginsLikeAnotherHidesNeither() {
    WordListFeature list = new WordListFeature("list", List.of("new york city", "new"), false);
    assertThat(value(list, "york city")).isZero();
    assertThat(value(list, "New York")).isEqualTo(1);
    WordListFeature longer = new WordListFeature("list", List.of("a b c", "b d"), false);
    assertThat(value(longer, "a b d")).isEqualTo(1);
    assertThat(value(longer, "a a b c")).isEqualTo(1);
    assertThat(value(longer, "a b b c")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "c++, '\"c\"'",
    "'tis', '\"tis\"'",
    "U.S., '\"U S\"'",
    "New York!, '\"New York\"'",
    "---, letters or digits",
    "'', letters or digits"
  })
  void whatIsNotWrittenInWordTokensIsRefusedWithAdvice(String entry, String advice) {
    String written = entry.equals("tis") ? "'tis" : entry;
    assertThatThrownBy(() -> new WordListFeature("topic", List.of("fine", written), false))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("\"topic\"")
        .hasMessageContaining('"' + written + '"')
        .hasMessageContaining(advice);
  }

  private static double value(Feature feature, String text) {
    return feature.value(new Text(text, 1));
  }

  private static WordListFeature word(String word) {
    return new WordListFeature("feature", List.of(word), false);
  }
}

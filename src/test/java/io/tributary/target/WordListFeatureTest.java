package io.tributary.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.ConfigException;
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
    assertThat(word("amazing").value(text)).isEqualTo(1);
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
    assertThat(word("amazing").value(text)).isZero();
  }

  @Test
  void contractionsCountForTheWordBeforeThemUnlessTheyNegate() {
    assertThat(word("he").value("Tomorrow he'll see.")).isEqualTo(1);
    assertThat(word("he").value("He’s here")).isEqualTo(1);
    assertThat(word("he").value("the hen's nest")).isZero();
    assertThat(word("don").value("I don't know")).isZero();
    assertThat(word("don't").value("I DON’T know")).isEqualTo(1);
    assertThat(word("he'll").value("he will, he'd")).isZero();
    assertThat(word("he'll").value("he'll")).isEqualTo(1);
  }

  @Test
  void caseCountsOnlyWhereAskedTo() {
    WordListFeature us = WordListFeature.of("us", List.of("US"), true);
    assertThat(us.value("made in the US")).isEqualTo(1);
    assertThat(us.value("the US's share")).isEqualTo(1);
    assertThat(us.value("he saw us")).isZero();
    assertThat(word("US").value("he saw us")).isEqualTo(1);
  }

  @Test
  void anyWordOfTheListIsEnough() {
    WordListFeature list = WordListFeature.of("list", List.of("parliament", "Senate"), false);
    assertThat(list.name()).isEqualTo("list");
    assertThat(list.value("The senate met.")).isEqualTo(1);
    assertThat(list.value("Parliament, and the Senate")).isEqualTo(1);
    assertThat(list.value("parliamentary senators")).isZero();
  }

  @Test
  void accentsAreComparedInOneForm() {
    assertThat(word("cafe\u0301").value("a CAFÉ")).isEqualTo(1);
  }

  @Test
  void aLongListFindsExactlyItsWords() {
    List<String> words = IntStream.range(0, 2_000).mapToObj(i -> "word" + i).toList();
    WordListFeature list = WordListFeature.of("list", words, false);
    assertThat(words).allMatch(word -> list.value("a " + word + ".") == 1);
    assertThat(list.value("word2000 word")).isZero();
  }

  @Test
  void anEmptyListIsRefused() {
    assertThatThrownBy(() -> WordListFeature.of("topic", List.of(), false))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("topic")
        .hasMessageContaining("at least one word");
  }

  @ParameterizedTest
  @CsvSource({
    "well-known, '[well, known]'",
    "New York, '[New, York]'",
    "c++, '\"c\"'",
    "'tis', '\"tis\"'",
    "---, letters or digits",
    "'', letters or digits"
  })
  void whatIsNotOneWordTokenIsRefusedWithAdvice(String entry, String advice) {
    String written = entry.equals("tis") ? "'tis" : entry;
    assertThatThrownBy(() -> WordListFeature.of("topic", List.of("fine", written), false))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("\"topic\"")
        .hasMessageContaining('"' + written + '"')
        .hasMessageContaining(advice);
  }

  private static WordListFeature word(String word) {
    return WordListFeature.of("feature", List.of(word), false);
  }
}

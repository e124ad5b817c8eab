package io.tributary.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class WordTokensTest {

  @Test
  void punctuationAndSpaceSeparateWords() {
    assertTokens("It's amazing, really: \"amazing\"!", "It's", "amazing", "really", "amazing");
    assertTokens("one.two/three(four)[five]", "one", "two", "three", "four", "five");
    assertTokens("_emphasis_ and *more*\n\tend…", "emphasis", "and", "more", "end");
    assertTokens("1990s, 3.14", "1990s", "3", "14");
    assertTokens("");
    assertTokens(" -- ... '' ");
  }

  @Test
  void apostrophesBelongToAWordOnlyBetweenTwoOfItsLetters() {
    assertTokens("don't 'quoted' dogs' 'tis", "don't", "quoted", "dogs", "tis");
    assertTokens("rock 'n' roll, o'clock", "rock", "n", "roll", "o'clock");
    assertTokens("two''apostrophes", "two", "apostrophes");
    assertTokens("fo'c's'le", "fo'c's'le");
  }

  @Test
  void typographicApostrophesAreApostrophes() {
    assertTokens("don\u2019t \u2018quoted\u2019 it\u02BCs", "don't", "quoted", "it's");
  }

  @Test
  void hyphensAndDashesSeparate() {
    assertTokens("well-known", "well", "known");
    assertTokens("a\u2010b\u2011c\u2013d\u2014e", "a", "b", "c", "d", "e");
  }

  @Test
  void lettersOfAllScriptsMakeWords() {
    assertTokens("naïve Straße, Ωμέγα и слово", "naïve", "Straße", "Ωμέγα", "и", "слово");
    assertTokens("हिन्दी शब्द", "हिन्दी", "शब्द");
    assertTokens("\uD801\uDC37\uD801\uDC38 \uD83D\uDE00 ok", "\uD801\uDC37\uD801\uDC38", "ok");
  }

  @Test
  void composedAndDecomposedAccentsAreTheSame() {
    assertTokens("cafe\u0301", "caf\u00E9");
  }

  @Test
  void softHyphensAndByteOrderMarksAreNotThere() {
    assertTokens("ama\u00ADzing", "amazing");
    assertTokens("\uFEFFfirst", "first");
    assertTokens(
        "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
        "\u0645\u06CC\u062E\u0648\u0627\u0647\u0645");
  }

  @Test
  void emojiAndMarksWithoutALetterAreNoWords() {
    assertTokens("I love \u2764\uFE0F you", "I", "love", "you");
    assertTokens("1\uFE0F\u20E3 \u0301 a", "1", "a");
  }

  @Test
  void bytesThatAreNotUtf8Separate() {
    assertTokens("ama\uFFFDzing", "ama", "zing");
  }

  @Test
  void foldingTakesAwayCaseOnlyAndDoesNotAskTheLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));
      assertThat(WordTokens.fold("TITLE")).isEqualTo("title");
    } finally {
      Locale.setDefault(before);
    }
    assertThat(WordTokens.fold("STRASSE")).isEqualTo(WordTokens.fold("straße"));
    assertThat(WordTokens.fold("ΟΔΟΣ")).isEqualTo(WordTokens.fold("οδος"));
  }

  @Test
  void cliticsComeOffAndTheRestOfTheWordStays() {
    assertThat(
            List.of("he's", "I'm", "she'd", "they'll", "we're", "I've", "PERSON'S").stream()
                .map(WordTokens::withoutClitic))
        .containsExactly("he", "I", "she", "they", "we", "I", "PERSON");
    assertThat(
            List.of("don't", "o'clock", "ma'am", "hers", "d'etre").stream()
                .map(WordTokens::withoutClitic))
        .containsExactly("don't", "o'clock", "ma'am", "hers", "d'etre");
  }

  @Property
  void tokensAreStableWhenJoinedBySpaces(@ForAll String text) {
    List<String> tokens = WordTokens.of(text);
    assertThat(WordTokens.of(String.join(" ", tokens))).isEqualTo(tokens);
  }

  private static void assertTokens(String text, String... tokens) {
    assertThat(WordTokens.of(text)).containsExactly(tokens);
  }
}

package io.tributary.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A feature phi(x) of the decoded text, with the moment that the target gives it. */
public sealed interface FeatureConfig {

  /** Names the feature in metrics and output. */
  String name();

  /** The desired mean of the feature under p. */
  double moment();

  /**
   * 1 iff the word occurs among the word tokens of the text.
   *
   * @param word a single word
   * @param caseSensitive whether upper and lower case differ
   */
  @Key("word")
  record Word(
      String name,
      String word,
      @Default("false") boolean caseSensitive,
      @Default("1") double moment)
      implements FeatureConfig {
    public Word {
      Require.text("name", name);
      requireWord("word", word);
      requirePointwise(moment);
    }
  }

  /**
   * 1 iff any word of the list occurs among the word tokens of the text.
   *
   * @param words the list itself, where no file is given
   * @param file a file with one word a line, absolute
   * @param caseSensitive whether upper and lower case differ
   */
  @Key("wordlist")
  record WordList(
      String name,
      @Default("[]") List<String> words,
      @Existing(Existing.Kind.FILE) Optional<Path> file,
      @Default("false") boolean caseSensitive,
      @Default("1") double moment)
      implements FeatureConfig {
    public WordList {
      Require.text("name", name);
      words = List.copyOf(words);
      Require.that(
          words.isEmpty() == file.isPresent(),
          "words",
          words.size() + " words " + (file.isPresent() ? "and a file" : "and no file"),
          "given as a list of at least one word, or in a file (file = PATH), and not as both");
      words.forEach(word -> requireWord("words", word));
      requirePointwise(moment);
    }

    /**
     * The words, read from the file where there is one.
     *
     * @throws ConfigException if the file can't be read, or holds no word, or a line of several
     */
    public List<String> entries() {
      return file.map(WordListFile::read).orElse(words);
    }
  }

  private static void requireWord(String key, String word) {
    Require.that(isWord(word), key, '"' + word + '"', "a single word without spaces");
  }

  /** Whether the text could be one word: not empty, no white space, a letter or digit in it. */
  static boolean isWord(String text) {
    return text.codePoints().noneMatch(Character::isWhitespace)
        && text.codePoints().anyMatch(Character::isLetterOrDigit);
  }

  private static void requirePointwise(double moment) {
    Require.that(
        moment == 1,
        "moment",
        moment,
        "1 (every sequence has the feature), since this version has no distributional moments");
  }
}

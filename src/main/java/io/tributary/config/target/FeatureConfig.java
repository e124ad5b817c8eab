package io.tributary.config.target;

import io.tributary.config.binding.ConfigException;
import io.tributary.config.binding.Require;
import io.tributary.config.binding.Schema;
import io.tributary.config.binding.Schema.Default;
import io.tributary.config.binding.Schema.Existing;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A feature phi(x) of the decoded text. */
public sealed interface FeatureConfig {

  /** Whether its values are 0 and 1; otherwise they are any number. */
  default boolean isBinary() {
    return true;
  }

  /**
   * Identifies what the files that it reads hold, so that a run can tell when they have changed;
   * empty for a feature that reads none.
   *
   * @param fingerprint of all files in a directory
   */
  default String contents(Function<Path, String> fingerprint) {
    return "";
  }

  /** The features that it is composed of. */
  default List<FeatureConfig> parts() {
    return List.of();
  }

  /** Visits this feature and all that it is composed of, at any depth. */
  default void forEach(Consumer<FeatureConfig> action) {
    action.accept(this);
    parts().forEach(part -> part.forEach(action));
  }

  /**
   * 1 iff the word occurs among the word tokens of the text.
   *
   * @param word a single word
   * @param caseSensitive whether upper and lower case differ
   */
  record Word(String word, @Default("false") boolean caseSensitive) implements FeatureConfig {
    public Word {
      requirePrintable("word", word);
      Require.that(
          isEntry(word) && word.codePoints().noneMatch(Character::isWhitespace),
          "word",
          '"' + word + '"',
          "a single word without spaces; type = wordlist takes entries of several words");
    }
  }

  /**
   * 1 iff any entry of the list occurs among the word tokens of the text.
   *
   * @param words the list itself, where no file is given; an entry is one word or several
   * @param file a file with one entry per line, absolute
   * @param caseSensitive whether upper and lower case differ
   */
  record WordList(
      @Default("[]") List<String> words,
      @Existing(Existing.Kind.FILE) Optional<Path> file,
      @Default("false") boolean caseSensitive)
      implements FeatureConfig {
    public WordList {
      words = List.copyOf(words);
      Require.that(
          words.isEmpty() == file.isPresent(),
          "words",
          words.size() + " words " + (file.isPresent() ? "and a file" : "and no file"),
          "given as a list of at least one word, or in a file (file = PATH), but not both");
      words.forEach(
          word -> {
            requirePrintable("words", word);
            Require.that(isEntry(word), "words", '"' + word + '"', "words of letters or digits");
          });
      file.ifPresent(WordListFile::read); // a bad file is found with the configuration
    }

    /**
     * The entries, read from the file where there is one.
     *
     * @throws ConfigException if the file can't be read, holds no entry, or a line without a word
     */
    public List<String> entries() {
      return file.map(WordListFile::read).orElse(words);
    }

    @Override
    public String contents(Function<Path, String> fingerprint) {
      return entries().toString();
    }
  }

  /** 1 iff the pronouns of the text are mostly female, mostly male, or balanced. */
  record Pronouns(Majority pronouns) implements FeatureConfig {}

  /**
   * 1 iff a classifier's predicted class is one of {@code labels}.
   *
   * @param directory the classifier's directory, absolute
   * @param labels at least one of the classifier's labels
   */
  record Classifier(@Existing(Existing.Kind.DIRECTORY) Path directory, List<String> labels)
      implements FeatureConfig {
    public Classifier {
      labels = List.copyOf(labels);
      Require.that(!labels.isEmpty(), "labels", "[]", "a list of at least one label");
    }

    @Override
    public String contents(Function<Path, String> fingerprint) {
      return fingerprint.apply(directory);
    }
  }

  /**
   * 1 iff the pattern is found anywhere in the text.
   *
   * @param pattern of {@link Pattern}
   * @param caseSensitive whether upper and lower case differ
   */
  record Regex(String pattern, @Default("false") boolean caseSensitive) implements FeatureConfig {
    public Regex {
      requirePrintable("pattern", pattern);
      try {
        Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        Require.that(
            false,
            "pattern",
            "\"%s\" (%s at position %d)".formatted(pattern, e.getDescription(), e.getIndex()),
            "a regular expression of java.util.regex");
      }
    }
  }

  /** Number of tokens of the sequence. */
  record Length() implements FeatureConfig {
    @Override
    public boolean isBinary() {
      return false;
    }
  }

  /** 1 iff all of the features are 1. */
  @Schema.Key("all-of")
  record AllOf(List<Part> features) implements FeatureConfig {
    public AllOf {
      features = required(features);
    }

    @Override
    public List<FeatureConfig> parts() {
      return features.stream().map(Part::feature).toList();
    }
  }

  /** 1 iff any of the features is 1. */
  @Schema.Key("any-of")
  record AnyOf(List<Part> features) implements FeatureConfig {
    public AnyOf {
      features = required(features);
    }

    @Override
    public List<FeatureConfig> parts() {
      return features.stream().map(Part::feature).toList();
    }
  }

  /** 1 iff the feature is 0. */
  record Not(Part feature) implements FeatureConfig {
    @Override
    public List<FeatureConfig> parts() {
      return List.of(feature.feature());
    }
  }

  /**
   * A feature that another one is composed of.
   *
   * @param name for the reader only
   * @param feature a binary one
   */
  record Part(Optional<String> name, FeatureConfig feature) {
    public Part {
      Require.that(
          feature.isBinary(),
          "type",
          Schema.typeName(feature.getClass()),
          "a feature that is 0 or 1, to be combined with others");
    }
  }

  /** Whether a text can be an entry of a list: it has a letter or digit. */
  static boolean isEntry(String text) {
    return text.codePoints().anyMatch(Character::isLetterOrDigit);
  }

  /**
   * Refuses control characters: none is meant, and a backspace is what HOCON makes of the {@code
   * \\b} of a regular expression.
   */
  private static void requirePrintable(String key, String text) {
    controlCharacter(text)
        .ifPresent(
            c ->
                Require.that(
                    false,
                    key,
                    "U+%04X".formatted(c) + (c == '\b' ? ", a backspace; write \\\\b for \\b" : ""),
                    "without control characters"));
  }

  /** The first control character other than white space. */
  static OptionalInt controlCharacter(String text) {
    return text.chars()
        .filter(c -> Character.isISOControl(c) && !Character.isWhitespace(c))
        .findFirst();
  }

  private static List<Part> required(List<Part> features) {
    Require.that(!features.isEmpty(), "features", "[]", "a list of at least one feature");
    return List.copyOf(features);
  }

  /** Which pronouns a text has more of: she, her, hers, herself or he, him, his, himself. */
  public enum Majority {
    /** Strictly more of she, her, hers, herself. */
    FEMALE,
    /** Strictly more of he, him, his, himself. */
    MALE,
    /** As many of each, and at least one. */
    BALANCED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
